//! Each counterpart starts, answers, and is gone when its guard is.

use std::process::Command;

use larder_tests::{DynamoDbLocal, Moto, Program, RuntimeEmulator, create_table, http_event, wait_until};

const TABLE: &str = "query-cache-of-this-test";

#[tokio::test]
async fn dynamodb_local_keeps_the_table_and_is_gone_after_drop() {
    let local = DynamoDbLocal::start().await.expect("DynamoDB Local starts");
    let client = local.client();
    create_table(&client, TABLE).await.expect("the table is made");

    let table = client.describe_table().table_name(TABLE).send().await.expect("it answers");
    let table = table.table().expect("a table that was made").clone();
    let index = &table.global_secondary_indexes()[0];
    assert_eq!(index.index_name(), Some("dataType-createdAt-index"));
    assert_eq!(index.projection().expect("a projection").non_key_attributes().len(), 6);
    let ttl = client.describe_time_to_live().table_name(TABLE).send().await.expect("it answers");
    let ttl = ttl.time_to_live_description().expect("a description").attribute_name().map(str::to_owned);
    assert_eq!(ttl.as_deref(), Some("ttl"));

    drop(local);
    // Somebody else's may have taken the port by now, but not with this table.
    let gone = client.describe_table().table_name(TABLE).send().await;
    assert!(gone.is_err(), "DynamoDB Local outlived its guard");
}

#[tokio::test]
async fn all_tests_of_a_process_share_one_dynamodb_local() {
    let urls = [DynamoDbLocal::shared().await.endpoint_url(), DynamoDbLocal::shared().await.endpoint_url()];
    assert_eq!(urls[0], urls[1]);
    let tables = DynamoDbLocal::shared().await.client().list_tables().send().await.expect("it answers");
    assert_eq!(tables.table_names(), [] as [&str; 0]);
}

#[tokio::test]
async fn moto_answers_and_is_gone_after_drop() {
    let moto = Moto::start().await.expect("moto starts");
    let url = moto.endpoint_url().to_owned();
    let identity = ask(&url, "sts", "Action=GetCallerIdentity&Version=2011-06-15").await.expect("it answers");
    assert!(identity.contains("<Account>123456789012</Account>"), "{identity}");
    let user = "<UserName>of-this-test</UserName>";
    let made = ask(&url, "iam", "Action=CreateUser&UserName=of-this-test&Version=2010-05-08").await;
    assert!(made.expect("it answers").contains(user));
    let get_user = "Action=GetUser&UserName=of-this-test&Version=2010-05-08";
    assert!(ask(&url, "iam", get_user).await.expect("it answers").contains(user));
    drop(moto);
    // Somebody else's may have taken the port by now, but not with this user.
    let gone = ask(&url, "iam", get_user).await.unwrap_or_default();
    assert!(!gone.contains(user), "moto outlived its guard: {gone}");
}

/// What a service of moto answers to a request of AWS's query protocol; `None` if nobody does.
async fn ask(url: &str, service: &str, body: &str) -> Option<String> {
    let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
    let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
    let request = reqwest::Client::new().post(url).header("Authorization", signed);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body.to_owned());
    request.send().await.ok()?.text().await.ok()
}

/// A function of a few lines of shell: it answers every event with its own process number and the event's path.
const FUNCTION: &str = r#"#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while event=$(curl -sS -D "$0.headers" "$api/next"); do
  id=$(tr -d '\r' <"$0.headers" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
  path=$(printf %s "$event" | sed 's/.*"rawPath":"\([^"]*\)".*/\1/')
  curl -sS -X POST "$api/$id/response" -d "{\"pid\": $$, \"path\": \"$path\", \"greeting\": \"$GREETING\"}" >/dev/null
done
"#;

#[tokio::test]
async fn the_runtime_emulator_invokes_a_function_and_takes_it_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let bootstrap = folder.path().join("bootstrap");
    std::fs::write(&bootstrap, FUNCTION).expect("the function is written");
    assert!(Command::new("chmod").arg("+x").arg(&bootstrap).status().expect("chmod runs").success());

    let emulator = RuntimeEmulator::start(&bootstrap, &[("GREETING", "hello")]).await.expect("it starts");
    let event = http_event("GET", "/drs/quotas?region=us-east-1", &[], None, None);
    let first = emulator.invoke(&event).await.expect("it answers");
    let second = emulator.invoke(&event).await.expect("it answers");
    assert_eq!(first["path"], "/drs/quotas");
    assert_eq!(first["greeting"], "hello");
    assert_eq!(first["pid"], second["pid"], "a warm container answers again");

    drop(emulator);
    let pid = first["pid"].to_string();
    wait_until("the function is gone", async || Ok((!runs(&pid)).then_some(()))).await.expect("it goes");
}

#[tokio::test]
async fn a_program_of_ours_is_found_and_says_what_it_said() {
    let finished = Program::run("larder", &["--no-such-flag"], &[]).await.expect("it runs");
    assert!(!finished.status.success(), "{finished:?}");
    assert!(finished.stderr.contains("--no-such-flag"), "{finished:?}");
}

/// A process that nobody has waited for yet is gone all the same.
fn runs(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().expect("ps runs").stdout;
    !state.is_empty() && !state.starts_with(b"Z")
}
