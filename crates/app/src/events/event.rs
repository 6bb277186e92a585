use std::fmt::Display;
use std::str::FromStr;

use larder_runtime::{Changed, NotAState, Second};
use larder_sources::{AccountId, Region};
use serde_json::Value;

use crate::problem::{Code, Problem, quoted, without_secrets};
use crate::queries::account_of_text;

const STATE_CHANGE: &str = "EC2 Instance State-change Notification";
/// What CloudTrail recorded: calls, and what a service did by itself.
const RECORDED: [&str; 2] = ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"];

/// An event as EventBridge delivers it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    /// Whose it is.
    pub(super) account: AccountId,
    /// Where it happened; `None` if this program does not know the region.
    pub(super) region: Option<Region>,
    pub(super) happened: Happened,
}

/// What it tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Happened {
    /// An instance changed its state.
    StateChange { instance_id: String, changed: Changed },
    /// A service tells of itself, by its name in IAM actions.
    OfService { service: String },
    /// Somebody called a service, and may have changed something.
    Call(Call),
    /// None of those, for the reason given.
    Nothing(String),
}

/// A call that was not refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    /// By its name in IAM actions.
    pub(super) service: String,
    /// The operation.
    pub(super) name: String,
    /// The ids of the resources that it tagged; `None` if it doesn't say.
    pub(super) tagged: Option<Vec<String>>,
}

impl Event {
    /// Reads an event. Only AWS itself can send one whose source begins with `aws.`: another one tells nothing here.
    ///
    /// # Errors
    /// [`Code::InvalidBody`] and [`Code::InvalidAccount`], with what is wrong.
    pub(super) fn parse(json: &str) -> Result<Self, Problem> {
        let event: Value = serde_json::from_str(json).map_err(|error| unreadable(&error))?;
        let (kind, source) = (text(&event, "detail-type")?, text(&event, "source")?);
        let account = account_of_text(text(&event, "account")?)?;
        let region = Region::parse(text(&event, "region")?);
        let happened = match source.strip_prefix("aws.") {
            None => Happened::Nothing(format!("an event of {} is none of AWS's", quoted(source))),
            Some("ec2") if kind == STATE_CHANGE => state_change(&event)?,
            Some(service) if RECORDED.contains(&kind) => call(service, &event["detail"])?,
            Some(service) => Happened::OfService { service: service.to_owned() },
        };
        Ok(Self { account, region, happened })
    }
}

fn state_change(event: &Value) -> Result<Happened, Problem> {
    let (instance_id, event_id) = (text(&event["detail"], "instance-id")?, text(event, "id")?);
    let hex = instance_id.strip_prefix("i-").unwrap_or_default();
    if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(wrong("instance-id", instance_id, &"it must be such as i-0123456789abcdef0"));
    }
    // By its id an event that comes twice is known.
    if event_id.trim().is_empty() {
        return Err(wrong("id", event_id, &"it must not be empty"));
    }
    let (time, state) = (text(event, "time")?, text(&event["detail"], "state")?);
    let time = time.parse().map_err(|error: <Second as FromStr>::Err| wrong("time", time, &error))?;
    let state = state.parse().map_err(|error: NotAState| wrong("state", state, &error))?;
    let changed = Changed { time, state, event_id: event_id.to_owned() };
    Ok(Happened::StateChange { instance_id: instance_id.to_owned(), changed })
}

fn call(service: &str, detail: &Value) -> Result<Happened, Problem> {
    let name = text(detail, "eventName")?.to_owned();
    if let Some(error) = detail["errorCode"].as_str() {
        return Ok(Happened::Nothing(format!("the call {name} failed: {error}")));
    }
    if detail["readOnly"] == true {
        return Ok(Happened::Nothing(format!("the call {name} wrote nothing")));
    }
    let tagged = tagged(&detail["requestParameters"]);
    Ok(Happened::Call(Call { service: service.to_owned(), name, tagged }))
}

/// CloudTrail leaves parameters out that are too many.
fn tagged(parameters: &Value) -> Option<Vec<String>> {
    let items = parameters["resourcesSet"]["items"].as_array()?;
    items.iter().map(|item| Some(item["resourceId"].as_str()?.to_owned())).collect()
}

fn text<'a>(object: &'a Value, member: &str) -> Result<&'a str, Problem> {
    object[member].as_str().ok_or_else(|| unreadable(&format!("it has no text {member}")))
}

fn wrong(member: &str, text: &str, reason: &dyn Display) -> Problem {
    unreadable(&format!("the {member} {}: {reason}", quoted(text)))
}

fn unreadable(reason: &dyn Display) -> Problem {
    let reason = without_secrets(&reason.to_string());
    Problem::new(Code::InvalidBody, format!("The event can't be read as one of EventBridge's: {reason}."))
}

#[cfg(test)]
mod tests;
