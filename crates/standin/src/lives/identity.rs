//! Who does things to instances, as CloudTrail tells it.

use serde_json::{Value, json};

use super::deed::Actor;
use crate::fleet::AccountId;

const AUTO_SCALING: &str = "autoscaling.amazonaws.com";
const SCHEDULER: &str = "instance-scheduler";
const OPERATOR: &str = "operator";

pub(super) fn user_name(actor: Actor) -> Option<&'static str> {
    match actor {
        Actor::Operator => Some(OPERATOR),
        Actor::Scheduler => Some(SCHEDULER),
        Actor::AutoScaling => Some("AutoScaling"),
        Actor::Ec2 => None,
    }
}

pub(super) fn access_key_id(actor: Actor, account: &AccountId) -> Option<String> {
    match actor {
        Actor::Operator => Some(format!("AKIA{account}")),
        Actor::Scheduler => Some(format!("ASIA{account}")),
        Actor::AutoScaling | Actor::Ec2 => None,
    }
}

pub(super) fn user_identity(actor: Actor, account: &AccountId) -> Value {
    let key = access_key_id(actor, account);
    let id = account.as_str();
    match actor {
        Actor::Operator => json!({
            "type": "IAMUser",
            "principalId": format!("AIDASTANDIN{id}"),
            "arn": format!("arn:aws:iam::{id}:user/{OPERATOR}"),
            "accountId": id,
            "accessKeyId": key,
            "userName": OPERATOR,
        }),
        Actor::Scheduler => assumed_role(id, SCHEDULER, SCHEDULER, "accessKeyId", key.as_deref().unwrap_or_default()),
        Actor::AutoScaling => {
            assumed_role(id, "AWSServiceRoleForAutoScaling", "AutoScaling", "invokedBy", AUTO_SCALING)
        }
        Actor::Ec2 => json!({ "accountId": id, "invokedBy": "ec2.amazonaws.com" }),
    }
}

/// With one member more.
fn assumed_role(account: &str, role: &str, session: &str, member: &str, value: &str) -> Value {
    json!({
        "type": "AssumedRole",
        "principalId": format!("AROASTANDIN{account}:{session}"),
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
        "accountId": account,
        "sessionContext": { "sessionIssuer": {
            "type": "Role",
            "principalId": format!("AROASTANDIN{account}"),
            "arn": format!("arn:aws:iam::{account}:role/{role}"),
            "accountId": account,
            "userName": role,
        } },
        member: value,
    })
}

pub(super) fn source_address(actor: Actor) -> &'static str {
    match actor {
        Actor::Operator | Actor::Scheduler => "192.0.2.10",
        Actor::AutoScaling => AUTO_SCALING,
        Actor::Ec2 => "ec2.amazonaws.com",
    }
}

pub(super) fn user_agent(actor: Actor) -> &'static str {
    match actor {
        Actor::Operator => "aws-cli/2.31.0 md/prompt#off command#ec2",
        Actor::Scheduler => "Boto3/1.40.0 exec-env/AWS_Lambda_python3.13",
        Actor::AutoScaling => AUTO_SCALING,
        Actor::Ec2 => "ec2.amazonaws.com",
    }
}
