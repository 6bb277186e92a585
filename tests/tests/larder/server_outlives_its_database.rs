use larder_tests::{Postgres, wait_until};
use serde_json::json;

use crate::cloud::SECOND;
use crate::command::larder;
use crate::synced::{World, answered, post};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_leaves_the_cache_and_is_found_again() {
    let world = World::start().await;
    let postgres = Postgres::start().await.expect("it starts");
    let database = postgres.create_database("history").expect("a database");
    let door = world.serve(&database).await;
    assert_eq!(post(&door, &world.sync_instances("us-east-1")).await.status, 200);
    let status = answered(&door, "/history/status", 200).await;
    assert!(status["database"].as_str().is_some_and(|it| it.starts_with("PostgreSQL ")), "{status}");
    postgres.stop_immediately().await.expect("it ran");
    let told = door.get(&world.instances("us-east-1")).await;
    assert_eq!((told.status, &told.json()["source"]), (200, &json!("cache")), "{told:?}");
    let refused = door.get("/history/syncs").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "HISTORY_UNAVAILABLE"), "{refused:?}");
    assert!(!refused.text.contains("127.0.0.1"), "where it is, is nobody's business: {}", refused.text);
    assert_eq!(door.get("/health").await.json()["history"], "unavailable");
    let unkept = post(&door, &world.sync_instances("us-east-1")).await;
    assert_eq!((unkept.status, unkept.code().as_str()), (503, "HISTORY_UNAVAILABLE"), "{unkept:?}");
    postgres.start_again().await.expect("it recovers");
    answered(&door, "/history/syncs", 200).await;
    assert_eq!(door.get("/health").await.json()["history"], "ok");
    assert_eq!(post(&door, &world.sync_instances("us-east-1")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_yet_keeps_nobody_from_asking() {
    let world = World::start().await;
    let postgres = Postgres::start().await.expect("it starts");
    let database = postgres.create_database("history").expect("a database");
    postgres.stop_immediately().await.expect("it ran");
    let door = world.serve(&database).await;
    let told = door.get(&world.instances("us-east-1")).await;
    assert_eq!((told.status, &told.json()["source"]), (200, &json!("cache")), "{told:?}");
    postgres.start_again().await.expect("it recovers");
    answered(&door, "/history/status", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_the_database_are_asked_by_their_roles_and_the_others_without_it() {
    let world = World::start().await;
    let postgres = Postgres::start().await.expect("it starts");
    let database = postgres.create_database("history").expect("a database");
    let other = world.cloud.account(SECOND);
    let (id, role, external) = (other.id().to_string(), other.role_arn(), other.external_id());
    let add =
        format!("accounts add {id} --role-arn {role} --external-id {external} --name staging --database {database}");
    let mut env = world.env();
    env.push(("LARDER_STORE", "memory".to_owned()));
    larder(&add, &env).await.is(0, &["was added to the history's database postgres://larder@"]);
    larder(&format!("accounts list --database {database}"), &env).await.is(0, &[&id, "staging", "database"]);
    let door = world.serve(&database).await;
    let of_other = format!("/ec2/api/accounts/{id}/instances?region=us-east-1");
    let told = door.get(&of_other).await;
    assert_eq!(told.status, 200, "{told:?}");
    let accounts = door.get("/drs/accounts").await.json();
    assert!(
        accounts["accounts"].as_array().is_some_and(|all| all.iter().any(|it| it["name"] == "staging")),
        "{accounts}"
    );
    postgres.stop_immediately().await.expect("it ran");
    assert_eq!(door.invalidate(r#"{"dataType": "ec2-instances"}"#).await.status, 200);
    for path in [&of_other, &world.instances("us-east-1")] {
        let told = door.get(path).await;
        assert_eq!(told.status, 200, "what was read of the registry counts on: {told:?}");
    }
    drop(door);
    let door = world.serve(&database).await;
    assert_eq!(door.get(&world.instances("us-east-1")).await.status, 200, "the own account needs no registry");
    let unknown = door.get(&of_other).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (503, "UPSTREAM_UNAVAILABLE"), "{unknown:?}");
    postgres.start_again().await.expect("it recovers");
    answered(&door, &of_other, 200).await;
    larder(&format!("accounts remove {id} --database {database}"), &env).await.is(0, &["was removed from"]);
    wait_until("the account is unknown", async || {
        door.invalidate(r#"{"dataType": "ec2-instances"}"#).await;
        Ok((door.get(&of_other).await.status == 404).then_some(()))
    })
    .await
    .expect("a removed account is asked no more");
}
