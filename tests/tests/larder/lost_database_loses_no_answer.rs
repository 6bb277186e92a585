//! `larder serve` on PostgreSQL: what is kept is told when AWS is down, and what is cached when PostgreSQL is.

use larder_standin::{Fault, FaultKind};
use larder_tests::{Postgres, wait_until};
use serde_json::Value;

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;

const SYNC: &str = "/ec2/api/accounts/111122223333/sync?region=us-east-1";
const INSTANCES: &str = "/ec2/api/accounts/111122223333/instances?region=us-east-1";

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_fails_leaves_the_answers_of_the_cache_and_is_used_again_when_it_is_back() {
    let (cloud, database) = (Cloud::start().await, Postgres::start().await.expect("PostgreSQL"));
    let url = database.create_database("history").expect("a database");
    let env = cloud.env(FIRST, &[("LARDER_STORE", "memory"), ("LARDER_DATABASE", &url), ("LARDER_SYNC_EVERY_S", "0")]);
    let door = Door::serve(&[], &env).await;
    let synced = door.send("POST", SYNC, &[], None).await;
    assert_eq!((synced.status, &synced.json()["success"]), (200, &Value::Bool(true)), "{synced:?}");
    let count = door.get(INSTANCES).await.json()["count"].as_u64().expect("a number");
    assert!(count > 0);

    database.stop_immediately().await.expect("it stops");
    let told = door.get(INSTANCES).await;
    assert_eq!((told.status, told.json()["count"].as_u64()), (200, Some(count)), "{told:?}");
    assert_eq!(told.json()["source"], "cache");
    let status = door.get("/history/status").await;
    assert_eq!((status.status, status.code().as_str()), (503, "HISTORY_UNAVAILABLE"), "{status:?}");
    let health = door.get("/health").await.json();
    assert_eq!(health["history"], "unavailable", "{health}");
    let failed = door.send("POST", SYNC, &[], None).await;
    assert_eq!(failed.code(), "HISTORY_UNAVAILABLE", "what can't be kept is no success: {failed:?}");

    database.start_again().await.expect("it starts");
    let is_back = async || Ok((door.get("/history/status").await.status == 200).then_some(()));
    wait_until("it is reached again by itself", is_back).await.expect("it is");
    cloud.standin.fault(Fault::on("ec2:DescribeInstances", FaultKind::Unavailable));
    let cleared = door.invalidate(r#"{"dataType": "ec2-instances"}"#).await;
    assert_eq!(cleared.status, 200, "{cleared:?}");
    let told = door.get(INSTANCES).await;
    assert_eq!((told.status, told.json()["count"].as_u64()), (200, Some(count)), "{told:?}");
    let told = told.json();
    assert_eq!((&told["source"], &told["regions"][0]["source"]), (&Value::from("history"), &Value::from("history")));
    assert!(told["regions"][0]["asOf"].is_string() && told["regions"][0]["code"].is_string(), "{told}");
}
