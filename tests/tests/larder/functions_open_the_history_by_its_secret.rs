use larder_tests::{Moto, Postgres, Program, RuntimeEmulator, http_event, wait_until};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Reply, administrator, borrowed, http_reply};

/// Asks moto's Secrets Manager; the ARN of the secret.
async fn secret(moto: &Moto, action: &str, body: Value) -> String {
    let signature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, \
                     Signature=0";
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.post(moto.endpoint_url()).header("x-amz-target", format!("secretsmanager.{action}"));
    let request = request.header("content-type", "application/x-amz-json-1.1").header("authorization", signature);
    let answer = request.body(body.to_string()).send().await.expect("it answers").text().await.expect("a body");
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
    answer["ARN"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn function(name: &str, env: &[(&str, String)]) -> RuntimeEmulator {
    let binary = Program::path(name).expect("it is built");
    RuntimeEmulator::start(&binary, &borrowed(env)).await.expect("the emulator starts")
}

async fn get(function: &RuntimeEmulator, path: &str) -> Reply {
    let event = http_event("GET", path, &[], None, Some(&administrator()));
    http_reply(&function.invoke(&event).await.expect("an answer"))
}

/// PostgreSQL takes a user that is not there as it takes a password that is wrong: with a code of class 28.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_changed_is_read_again_and_nothing_of_it_is_told() {
    let (cloud, moto) = (Cloud::start().await, Moto::start().await.expect("it starts"));
    let postgres = Postgres::start().await.expect("it starts");
    let right = postgres.create_database("history").expect("a database");
    let wrong = right.replace("larder@", "nobody-known:hunter2@");
    let arn = secret(
        &moto,
        "CreateSecret",
        json!({"Name": "history", "SecretString": wrong, "ClientRequestToken": "a".repeat(32)}),
    )
    .await;
    let (table, dynamodb) = table().await;
    let own = cloud.account(FIRST).id().to_string();
    let mut env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", dynamodb), ("CACHE_TABLE_NAME", &table)]);
    env.extend([
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", moto.endpoint_url().to_owned()),
        ("LARDER_DATABASE_SECRET", arn.clone()),
        ("LARDER_ACCOUNT_ID", own.clone()),
        ("AWS_LAMBDA_FUNCTION_TIMEOUT", "300".to_owned()),
    ]);
    let (sync, api) = (function("inventory-sync", &env).await, function("inventory-api", &env).await);
    let refused = get(&api, "/history/status").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "HISTORY_UNAVAILABLE"), "{refused:?}");
    let failed = sync.invoke(&json!({"costs": true, "accountIds": [own]})).await.expect("an answer");
    assert_eq!(failed["errorType"], "HISTORY_UNAVAILABLE", "nothing was kept: {failed}");
    let change = json!({"SecretId": arn, "SecretString": right, "ClientRequestToken": "b".repeat(32)});
    secret(&moto, "PutSecretValue", change).await;
    let done = wait_until("the function has the new secret", async || {
        let answer = sync.invoke(&json!({"costs": true, "accountIds": [own]})).await?;
        Ok((answer["statusCode"] == 200).then_some(answer))
    });
    let done = done.await.unwrap_or_else(|error| panic!("{error:#}\n{:#?}", sync.log()));
    let report: Value = serde_json::from_str(done["body"].as_str().expect("a body")).expect("JSON");
    assert_eq!((&report["success"], &report["outcomes"][0]["kind"]), (&json!(true), &json!("costs")), "{report}");
    let costs = wait_until("the other has it too", async || {
        let reply = get(&api, "/history/monthly-costs").await;
        Ok((reply.status == 200).then(|| reply.json()))
    });
    assert!(costs.await.expect("it has")["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    for line in sync.log().iter().chain(&api.log()) {
        assert!(!line.contains("hunter2"), "a password is in the log: {line}");
    }
}
