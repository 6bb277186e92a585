use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::act::Act;
use super::chapter::Chapter;
use super::deed::{Actor, What};
use super::identity;
use super::notification::uuid;
use super::record_elements::{request_parameters, response_elements};
use super::seed::draw;
use super::unrelated::UnrelatedKind;
use super::{Life, second};
use crate::fleet::AccountId;

/// An event of CloudTrail.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its `eventTime`.
    pub time: Timestamp,
    /// Its `eventName`.
    pub name: &'static str,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it happened.
    pub region: &'static str,
    pub(super) id: u64,
    pub(super) body: Body,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    /// Which of the chapter's acts.
    Act(Arc<Chapter>, usize),
    Unrelated(&'static UnrelatedKind),
}

impl Record {
    /// Its `eventID`.
    #[must_use]
    pub fn event_id(&self) -> String {
        uuid(self.id, draw(self.id, "event id"))
    }

    /// Its `eventSource`.
    #[must_use]
    pub fn event_source(&self) -> &'static str {
        match &self.body {
            Body::Act(..) => "ec2.amazonaws.com",
            Body::Unrelated(kind) => kind.source,
        }
    }

    /// `true` or `false`, whether it changed nothing.
    #[must_use]
    pub fn read_only(&self) -> &'static str {
        match &self.body {
            Body::Act(..) => "false",
            Body::Unrelated(kind) => kind.read_only,
        }
    }

    /// Who did it; `None` for what EC2 did itself.
    #[must_use]
    pub fn user_name(&self) -> Option<&'static str> {
        identity::user_name(self.actor())
    }

    /// With which access key; `None` for what a service did.
    #[must_use]
    pub fn access_key_id(&self) -> Option<String> {
        identity::access_key_id(self.actor(), &self.account_id)
    }

    /// Type and name of the resources by which `LookupEvents` finds it. An interruption of spot instances names its
    /// instances elsewhere only, as AWS has it.
    #[must_use]
    pub fn resources(&self) -> Vec<(&'static str, String)> {
        let Some((chapter, act)) = self.act().filter(|(_, act)| act.what != What::Evict) else { return Vec::new() };
        let lives = act.targets.iter().map(|target| &*chapter.lives[target.life]);
        let mut resources: Vec<_> = lives.map(|life| ("AWS::EC2::Instance", life.id.clone())).collect();
        if let Some(first) = act.targets.first().filter(|_| act.what == What::Run) {
            let template = &chapter.lives[first.life].template;
            resources.extend([
                ("AWS::EC2::VPC", template.subnet.vpc_id.clone()),
                ("AWS::EC2::Ami", template.image_id.clone()),
                ("AWS::EC2::SecurityGroup", template.security_group.0.clone()),
                ("AWS::EC2::Subnet", template.subnet.id.clone()),
            ]);
        }
        resources
    }

    /// The ids of the instances that it names.
    pub fn instance_ids(&self) -> impl Iterator<Item = &str> {
        self.act()
            .into_iter()
            .flat_map(|(chapter, act)| act.targets.iter().map(|target| chapter.lives[target.life].id.as_str()))
    }

    /// The whole event, as in a log file's `Records` and in a lookup's `CloudTrailEvent`.
    #[must_use]
    pub fn document(&self) -> Value {
        let (actor, account) = (self.actor(), self.account_id.as_str());
        let own = self.act().map(|(chapter, act)| (chapter, act, lives(chapter, act)));
        let (request, response) = match &own {
            Some((_, act, lives)) => {
                let request_id = self.request_id();
                (request_parameters(act, lives), response_elements(act, lives, account, &request_id))
            }
            None => (json!({}), Value::Null),
        };
        let mut document = json!({
            "eventVersion": "1.09",
            "userIdentity": identity::user_identity(actor, &self.account_id),
            "eventTime": self.time.to_string(),
            "eventSource": self.event_source(),
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": identity::source_address(actor),
            "userAgent": identity::user_agent(actor),
            "requestParameters": request,
            "responseElements": response,
            "requestID": self.request_id(),
            "eventID": self.event_id(),
            "readOnly": self.read_only() == "true",
            "eventType": if actor == Actor::Ec2 { "AwsServiceEvent" } else { "AwsApiCall" },
            "managementEvent": true,
            "recipientAccountId": account,
            "eventCategory": "Management",
        });
        if let Some((_, act, lives)) = &own {
            if let Some(refused) = act.refused {
                let (code, message) = refused.code_and_message();
                document["errorCode"] = code.into();
                document["errorMessage"] = message.into();
            }
            if act.what == What::Evict {
                let ids: Vec<&str> = lives.iter().map(|life| life.id.as_str()).collect();
                document["serviceEventDetails"] = json!({ "instanceIdSet": ids });
            }
        }
        document
    }

    /// As `LookupEvents` answers it, its time in seconds since 1970.
    pub(crate) fn looked_up(&self) -> Value {
        let resources = self.resources().into_iter();
        let resources: Vec<Value> =
            resources.map(|(kind, name)| json!({ "ResourceType": kind, "ResourceName": name })).collect();
        let mut event = json!({
            "EventId": self.event_id(),
            "EventName": self.name,
            "ReadOnly": self.read_only(),
            "EventTime": second(self.time),
            "EventSource": self.event_source(),
            "Resources": resources,
            "CloudTrailEvent": self.document().to_string(),
        });
        if let Some(user) = self.user_name() {
            event["Username"] = user.into();
        }
        if let Some(key) = self.access_key_id() {
            event["AccessKeyId"] = key.into();
        }
        event
    }

    fn act(&self) -> Option<(&Chapter, &Act)> {
        match &self.body {
            Body::Act(chapter, act) => Some((chapter, &chapter.acts[*act])),
            Body::Unrelated(_) => None,
        }
    }

    fn actor(&self) -> Actor {
        self.act().map_or(Actor::Operator, |(_, act)| act.who)
    }

    fn request_id(&self) -> String {
        uuid(draw(self.id, "request id"), draw(self.id, "of the request"))
    }
}

fn lives<'a>(chapter: &'a Chapter, act: &Act) -> Vec<&'a Life> {
    act.targets.iter().map(|target| &*chapter.lives[target.life]).collect()
}
