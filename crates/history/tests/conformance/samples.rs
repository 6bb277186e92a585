//! What the tests keep.

use std::str::FromStr;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;
use larder_history::{CostRow, CostSync, History, Kind, Resource, ResourceSync, SyncOutcome};
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const REGION: &str = "us-east-1";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(crate) fn amount(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).expect("a number")
}

pub(crate) fn resource(id: &str, attributes: Value) -> Resource {
    let Value::Object(attributes) = attributes else { panic!("{attributes} is no object") };
    Resource { id: id.to_owned(), attributes }
}

pub(crate) fn instance(id: &str, state: &str) -> Resource {
    resource(id, json!({"instanceId": id, "state": state, "instanceType": "m7g.large", "tags": {"Name": id}}))
}

pub(crate) fn sync<'a>(as_of: &str, resources: &'a [Resource]) -> ResourceSync<'a> {
    ResourceSync { account: ACCOUNT, region: REGION, kind: Kind::Instance, as_of: at(as_of), by: "test", resources }
}

pub(crate) async fn keep(history: &dyn History, as_of: &str, resources: &[Resource]) -> SyncOutcome {
    history.store_resources(&sync(as_of, resources)).await.expect("it is kept")
}

pub(crate) fn cost(on: &str, service: &str, unblended: &str) -> CostRow {
    CostRow {
        day: day(on),
        service: service.to_owned(),
        currency: "USD".to_owned(),
        unblended: amount(unblended),
        amortised: amount(unblended) + amount("0.000000000000000001"),
        estimated: false,
    }
}

pub(crate) fn cost_sync<'a>(as_of: &str, from: &str, to: &str, rows: &'a [CostRow]) -> CostSync<'a> {
    CostSync { account: ACCOUNT, from: day(from), to: day(to), as_of: at(as_of), by: "test", rows }
}

/// Nothing contradicts itself.
pub(crate) async fn check_sound(history: &dyn History) {
    let findings = history.verify().await.expect("it can be verified");
    assert!(findings.is_empty(), "{findings:#?}");
}

pub(crate) fn outcome([seen, added, changed, gone]: [u64; 4]) -> SyncOutcome {
    SyncOutcome { seen, added, changed, gone, superseded: false }
}
