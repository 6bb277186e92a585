use aws_config::retry::RetryConfig;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};

use super::*;
use crate::scripted_aws::{ACCOUNT, Asked, PausedClock, Reply, Script, identity, scripted};
use crate::{AccountId, ConfiguredAccounts, Region};

mod asking;
mod failing;
mod rate;

/// 2025-11-02T00:00:00Z
const FROM: i64 = 1_762_041_600;
const LENGTH: i64 = 6 * 60 * 60;
const SLICE: Slice = Slice { from: FROM, to: FROM + LENGTH };
const WITHIN: Duration = Duration::from_secs(60);

/// Accounts whose own one is [`ACCOUNT`], with the SDK's retries as they are by themselves.
fn accounts(script: &Script) -> Arc<Accounts> {
    let registry = ConfiguredAccounts::new(Vec::new()).expect("no account twice");
    let config = script.signed().into_builder().retry_config(RetryConfig::standard()).build();
    Arc::new(Accounts::new(config, Arc::new(registry)))
}

/// A script of CloudTrail's answers.
fn cloudtrail(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Script {
    scripted(move |asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        "LookupEvents" => answer(asked),
        other => panic!("{other} is not asked for"),
    })
}

fn looking(script: &Script, clock: &Arc<PausedClock>, most_pages: usize) -> LookupEvents {
    LookupEvents::new(accounts(script), clock.clone(), most_pages)
}

fn lookup(by: LookupBy) -> Lookup {
    let region = Region::parse("us-east-1").expect("a region");
    Lookup { account: AccountId::parse(ACCOUNT).expect("12 digits"), region, by, slice: SLICE }
}

/// The ids of the started instances' events that the script tells of.
async fn ids(script: &Script) -> Result<Vec<String>, FetchError> {
    let looking = looking(script, &PausedClock::new(), 10);
    let events = looking.every_event(&lookup(LookupBy::Name(RecordedName::StartInstances)), WITHIN).await?;
    for event in &events {
        assert_eq!(event.json, text(&event.id));
    }
    Ok(events.into_iter().map(|event| event.id).collect())
}

/// The text of the event of that id.
fn text(id: &str) -> String {
    format!("{{\"eventID\":\"{id}\"}}")
}

/// A page of events with that id and so many seconds after [`FROM`].
fn page(events: &[(&str, i64)], token: Option<&str>) -> Reply {
    let events = events.iter().map(|(id, after)| {
        json!({"EventId": id, "EventName": "StartInstances", "EventTime": FROM + after, "CloudTrailEvent": text(id)})
    });
    answer(&json!({"Events": events.collect::<Vec<_>>(), "NextToken": token}))
}

fn answer(answer: &Value) -> Reply {
    Reply::Http(200, answer.to_string())
}

fn refusal(code: &str) -> Reply {
    Reply::Http(400, json!({"__type": code, "message": "because"}).to_string())
}

fn asked(script: &Script) -> Vec<Value> {
    let asked = script.asked().into_iter().filter(|asked| asked.operation == "LookupEvents");
    asked.map(|asked| serde_json::from_str(&asked.body).expect("JSON")).collect()
}

fn token_of(asked: &Asked) -> Option<String> {
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    body["NextToken"].as_str().map(str::to_owned)
}
