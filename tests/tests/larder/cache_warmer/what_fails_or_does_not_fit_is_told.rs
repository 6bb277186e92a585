use larder_standin::{Fault, FaultKind};
use larder_tests::DynamoDbLocal;
use serde_json::{Value, json};

use super::world::{DESCRIBE_SUBNETS, World, path, subnets};
use crate::cloud::{Cloud, FIRST, SECOND};
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};

const THREE: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_fetched_in_a_minute_than_the_budget_has() {
    let world = World::with(&[("LARDER_WARM_FETCHES_PER_MINUTE", "2")]).await;
    world.use_early(&THREE).await;
    let calls = world.calls();
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 2, "overBudget": 1}));
    assert_eq!(world.calls(), calls + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_account_is_asked_once_and_named() {
    let world = World::start().await;
    world.use_early(&THREE).await;
    world.cloud.standin.fault(Fault::on(DESCRIBE_SUBNETS, FaultKind::AccessDenied));
    let calls = world.calls();
    let body = world.warm().await;
    assert_eq!(subnets(&body), json!({"failed": 1, "afterFailure": 2}));
    assert_eq!(world.calls(), calls + 1);
    let failed = &body["failed"][0];
    assert_eq!((&failed["dataType"], &failed["code"]), (&json!("ec2-subnets"), &json!("ACCESS_DENIED")), "{body}");
    assert_eq!(failed["accountId"], world.cloud.account(FIRST).id().to_string(), "{body}");
    world.cloud.standin.clear_faults();
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 3}), "the next run tries again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_told_and_nothing_is_fetched_and_no_table_is_ever_scanned() {
    let dynamodb = FaultyDynamoDb::before(DynamoDbLocal::shared().await.endpoint_url()).await;
    let world = World::with(&[("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url())]).await;
    world.use_early(&THREE[..1]).await;
    let calls = world.calls();
    dynamodb.fault(StoreFault::Failed);
    let body = world.warm().await;
    let failed = body["failed"].as_array().expect("a list");
    let types = body["dataTypes"].as_object().expect("by data type");
    assert_eq!(failed.len(), types.len(), "one listing of each: {body}");
    assert!(failed.iter().all(|failed| failed["code"] == "STORE_UNAVAILABLE"), "{body}");
    assert_eq!(world.calls(), calls);
    dynamodb.recover();
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 1}));
    assert!(dynamodb.called("Query") > 0);
    assert_eq!(dynamodb.called("Scan"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_key_is_there_before_anybody_asked_and_one_that_fails_is_named() {
    // The fleet is the same in every stand-in. No role is registered for the second account.
    let cloud = Cloud::start().await;
    let [own, other] = [FIRST, SECOND].map(|number| cloud.account(number).id().to_string());
    let keys = format!("ec2-subnets#us-east-1#{own},ec2-subnets#us-east-1#{other}");
    let world = World::with(&[("LARDER_WARM_KEYS", &keys)]).await;
    let body = world.warm().await;
    assert_eq!(subnets(&body), json!({"refreshed": 1, "failed": 1}), "{body}");
    assert_eq!(
        (&body["failed"][0]["accountId"], &body["failed"][0]["code"]),
        (&json!(other), &json!("UNKNOWN_ACCOUNT"))
    );
    let reply = world.reader().await.get(&path("us-east-1")).await;
    assert!(reply.cache_status().contains("detail=store"), "{reply:?}");
    assert_eq!(subnets(&world.warm().await)["alreadyFresh"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_is_not_understood_is_an_error_of_the_function() {
    let world = World::start().await;
    for event in [json!({"dataType": "ec2-subnets"}), json!([]), json!("warm")] {
        let answer = world.warmer.invoke(&event).await.expect("it answers");
        assert_eq!(answer["errorType"], "INVALID_BODY", "{event}: {answer}");
    }
    let schedule = json!({"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}});
    let answer: Value = world.warmer.invoke(&schedule).await.expect("it answers");
    assert_eq!(answer["statusCode"], 200, "{answer}");
}
