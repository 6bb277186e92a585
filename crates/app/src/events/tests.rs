use std::sync::Arc;

use larder_runtime::Month;
use serde_json::{Value, json};

use super::faked_places::{FakedPlaces, account_of, region};
use super::*;
use crate::problem::Code;
use crate::runtime::{Place, RuntimeParts};
use crate::test_app::TestApp;

const OURS: &str = "111122223333";

struct World {
    app: TestApp,
    places: Arc<FakedPlaces>,
    parts: RuntimeParts,
    responder: EventResponder,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let (app, folder) = (TestApp::new(), tempfile::tempdir().expect("a folder"));
        let places = FakedPlaces::of(&[(OURS, "eu-west-1")]);
        let parts = places.parts(&folder).await;
        let responder = EventResponder::new(app.app.clone(), parts.clone());
        Self { app, places, parts, responder, _folder: folder }
    }

    async fn respond(&self, event: &Value) -> EventReport {
        self.responder.respond(&event.to_string()).await.expect("it is taken")
    }

    async fn marks(&self) -> u64 {
        self.app.app.cache().epoch().await.expect("it is read").map_or(0, |epoch| epoch.fence().counter)
    }

    async fn evidence(&self) -> usize {
        let history = self.parts.ledger.history("i-1", Month::of(self.parts.now()).span().from).await;
        history.expect("it is read").evidence.len()
    }
}

fn event(source: &str, kind: &str, detail: &Value) -> Value {
    json!({
        "id": "1", "source": source, "detail-type": kind, "account": OURS, "region": "eu-west-1",
        "time": "2025-11-02T10:00:00Z", "detail": detail,
    })
}

fn call(source: &str, name: &str) -> Value {
    event(source, "AWS API Call via CloudTrail", &json!({"eventName": name}))
}

fn state_change() -> Value {
    let detail = json!({"instance-id": "i-1", "state": "running"});
    event("aws.ec2", "EC2 Instance State-change Notification", &detail)
}

#[tokio::test]
async fn a_change_of_an_instance_that_is_no_server_yet_is_kept_for_the_run() {
    let world = World::new().await;
    for _ in 0..2 {
        let report = world.respond(&state_change()).await;
        assert_eq!(report, EventReport { changed: 1, invalidated: vec!["ec2-instances"], ..EventReport::default() });
        assert_eq!(world.evidence().await, 1, "twice is once");
    }
    let place = Place { account: account_of(OURS), region: region("eu-west-1") };
    assert_eq!(world.parts.ledger.servers(&place).await, Ok([].into()));
    assert_eq!(world.marks().await, 2, "what is told of instances is old each time");
}

#[tokio::test]
async fn what_makes_rows_old_is_marked_where_it_happened() {
    let world = World::new().await;
    let report = world.respond(&event("aws.drs", "DRS Source Server Launch Result", &json!({}))).await;
    assert_eq!((report.invalidated, world.marks().await), (vec!["drs-quotas", "drs-source-servers"], 2));
    let report = world.respond(&call("aws.ec2", "DeleteSubnet")).await;
    assert_eq!((report.invalidated, report.ignored, world.marks().await), (vec!["ec2-subnets"], 0, 3));
}

#[tokio::test]
async fn an_account_or_region_that_is_not_registered_changes_nothing_and_is_counted() {
    let world = World::new().await;
    let of_drs = event("aws.drs", "DRS Source Server Launch Result", &json!({}));
    for mut event in [state_change(), of_drs, call("aws.iam", "CreateInstanceProfile")] {
        event["account"] = json!("999999999999");
        let report = world.respond(&event).await;
        assert_eq!((report.ignored, report.changed, report.invalidated.len()), (1, 0, 0), "{event}");
        assert!(report.reason.expect("it is said").contains("999999999999"));
    }
    for name in ["us-west-2", "mars-north-1"] {
        let mut event = state_change();
        event["region"] = json!(name);
        assert_eq!(world.respond(&event).await.ignored, 1);
    }
    assert_eq!((world.marks().await, world.evidence().await), (0, 0));
}

/// IAM's events are those of one region, whichever are used.
#[tokio::test]
async fn what_has_no_region_is_told_of_in_any() {
    let world = World::new().await;
    let mut event = call("aws.iam", "CreateInstanceProfile");
    event["region"] = json!("us-east-1");
    let report = world.respond(&event).await;
    assert_eq!((report.invalidated, world.marks().await), (vec!["ec2-instance-profiles"], 1));
}

#[tokio::test]
async fn what_concerns_nobody_costs_nothing_and_is_counted() {
    let world = World::new().await;
    let failed = json!({"eventName": "DeleteSubnet", "errorCode": "Client.UnauthorizedOperation"});
    let failed = event("aws.ec2", "AWS API Call via CloudTrail", &failed);
    for event in [call("aws.ec2", "RunInstances"), failed, event("aws.s3", "Object Created", &json!({}))] {
        assert_eq!(world.respond(&event).await.ignored, 1, "{event}");
    }
    assert_eq!((world.marks().await, world.places.reads()), (0, 0));
}

#[tokio::test]
async fn what_can_not_be_done_is_an_error_that_it_is_sent_again_for() {
    let world = World::new().await;
    world.places.set(&[], &[None]);
    let failed = world.responder.respond(&state_change().to_string()).await.expect_err("nobody can tell");
    assert_eq!((failed.code(), world.evidence().await), (Code::UpstreamUnavailable, 0));

    let without_store = TestApp::with(|configuration| configuration.cache.disabled = true);
    world.places.set(&[(OURS, "eu-west-1")], &[]);
    let responder = EventResponder::new(without_store.app.clone(), world.parts.clone());
    let failed = responder.respond(&call("aws.ec2", "DeleteSubnet").to_string()).await.expect_err("no store");
    assert_eq!(failed.code(), Code::StoreUnavailable);
    let failed = responder.respond(&state_change().to_string()).await.expect_err("no store");
    assert_eq!(failed.code(), Code::StoreUnavailable);
    assert_eq!(world.evidence().await, 1, "it is kept for running minutes all the same");
}
