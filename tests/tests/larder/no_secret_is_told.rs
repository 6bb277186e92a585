//! Secrets go in wherever secrets can, everything goes wrong, and what the real programs print and answer is searched.

mod secrets;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_standin::{Fault, FaultKind};
use larder_tests::{
    Claims, DynamoDbLocal, Program, RuntimeEmulator, create_accounts_table, create_runtime_table, create_servers_table,
    http_event,
};
use rstest::rstest;
use serde_json::json;

use crate::cloud::{Cloud, FIRST, REGION, SECOND, table};
use crate::command::larder;
use crate::door::{Door, administrator, borrowed};
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};
use secrets::{AWS_SECRET, BEARER, EXTERNAL_ID, SESSION_TOKEN, TOKEN, assert_silent, assert_silent_log};

const HEADERS: &[(&str, &str)] =
    &[("authorization", BEARER), ("cookie", TOKEN), ("x-amz-security-token", SESSION_TOKEN), ("x-request-id", TOKEN)];

/// What is not cached when AWS fails.
const GROUPS: &str = "/ec2/security-groups?region=us-east-1";

/// What goes wrong with a cloud.
const FAULTS: &[FaultKind] = &[
    FaultKind::AccessDenied,
    FaultKind::ExpiredToken,
    FaultKind::Throttled,
    FaultKind::ServerError,
    FaultKind::Dropped,
    FaultKind::Malformed,
];

/// Logs all there is to log, and signs with a secret.
fn env(cloud: &Cloud, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let ours = [("LOG_LEVEL", "trace"), ("LARDER_METRICS_NAMESPACE", "Larder/test"), ("LARDER_NEGATIVE_TTL_MS", "0")];
    let mut env = cloud.env(FIRST, &[&ours, more].concat());
    env.retain(|(name, _)| *name != "AWS_SECRET_ACCESS_KEY");
    env.push(("AWS_SECRET_ACCESS_KEY", AWS_SECRET.to_owned()));
    env
}

/// Requests with a token wherever one may be put by mistake.
fn requests() -> Vec<(&'static str, String, String)> {
    let paths = [
        format!("/ec2/subnets?region={REGION}"),
        format!("/ec2/subnets?region={TOKEN}"),
        format!("/ec2/subnets?region={REGION}&accountId={TOKEN}"),
        format!("/ec2/subnets?region={REGION}&cursor={TOKEN}&limit=1"),
        format!("/ec2/subnets?region={REGION}&limit={TOKEN}"),
        format!("/ec2/subnets?region={REGION}&access_token={TOKEN}"),
        format!("/ec2/subnets?{TOKEN}=1"),
        format!("/{TOKEN}"),
        format!("/runtime/servers/{TOKEN}"),
        format!("/runtime/servers?month={TOKEN}"),
        format!("/cache/entries?dataType={TOKEN}"),
    ];
    let bodies = [
        TOKEN.to_owned(),
        json!(TOKEN).to_string(),
        json!({"dataType": TOKEN}).to_string(),
        json!({"region": TOKEN}).to_string(),
        json!({"accountId": TOKEN}).to_string(),
        json!({"purge": TOKEN}).to_string(),
        json!({TOKEN: 1}).to_string(),
        format!("{{\"{TOKEN}\": 1, \"{TOKEN}\": 2}}"),
    ];
    let asked = paths.map(|path| ("GET", path, String::new())).into_iter();
    let changing = bodies.into_iter().map(|body| ("POST", "/cache/invalidate".to_owned(), body));
    asked.chain(changing).chain([(TOKEN, format!("/health?{TOKEN}"), String::new())]).collect()
}

async fn started(name: &str, env: &[(&str, String)]) -> RuntimeEmulator {
    let binary = Program::path(name).expect("it is built");
    RuntimeEmulator::start(&binary, &borrowed(env)).await.expect("the emulator starts")
}

#[rstest]
#[case("query-handler")]
#[case("cache-invalidator")]
#[tokio::test(flavor = "multi_thread")]
async fn by_a_function_behind_the_api(#[case] name: &str) {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let dynamodb = FaultyDynamoDb::before(endpoint).await;
    let more = [("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()), ("CACHE_TABLE_NAME", &table)];
    let function = started(name, &env(&cloud, &more)).await;
    let nobody = Claims::person(&["larder/read"], &[]);
    for claims in [None, Some(&nobody), Some(&administrator())] {
        for (method, path, body) in requests() {
            let mut event = http_event(method, &path, HEADERS, Some(&body), claims);
            event["requestContext"]["http"]["path"] = json!(path);
            let answer = function.invoke(&event).await.expect("an answer");
            assert_silent(&path, &[answer.to_string()]);
        }
    }
    let question = http_event("GET", GROUPS, HEADERS, None, Some(&administrator()));
    for fault in FAULTS {
        cloud.standin.fault(Fault::on("*", *fault));
        assert_silent("a fault of AWS", &[function.invoke(&question).await.expect("an answer").to_string()]);
        cloud.standin.clear_faults();
    }
    for fault in [StoreFault::Failed, StoreFault::Reset] {
        dynamodb.fault(fault);
        assert_silent("a fault of the store", &[function.invoke(&question).await.expect("an answer").to_string()]);
        let directly = function.invoke(&json!({"dataType": TOKEN, "token": TOKEN})).await.expect("an answer");
        assert_silent("a direct invocation", &[directly.to_string()]);
    }
    assert_silent_log(name, &function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn by_larder_serve() {
    let cloud = Cloud::start().await;
    let door = Door::serve(&["--store", "memory"], &env(&cloud, &[("LARDER_TOKEN", TOKEN)])).await;
    for (method, path, body) in requests() {
        let reply = door.send(method, &path, HEADERS, Some(&body)).await;
        assert_silent(&path, &[format!("{reply:?}")]);
    }
    for fault in FAULTS {
        cloud.standin.fault(Fault::on("*", *fault));
        let reply = door.send("GET", GROUPS, HEADERS, None).await;
        assert!(reply.status >= 400, "{reply:?}");
        assert_silent("a fault of AWS", &[format!("{reply:?}")]);
        cloud.standin.clear_faults();
    }
    assert_silent_log("larder serve", &door.log());
}

/// Whose credentials are temporary, and no longer good; and a role that another account does not let be assumed.
#[tokio::test(flavor = "multi_thread")]
async fn by_the_calculator_and_the_responder() {
    let cloud = Cloud::start().await;
    let (cache, endpoint) = table().await;
    let client = DynamoDbLocal::shared().await.client();
    let names = ["accounts", "servers", "runtime"].map(|kind| format!("larder-secret-{kind}"));
    let [accounts, servers, runtime] = &names;
    create_accounts_table(&client, accounts).await.expect("a table");
    create_servers_table(&client, servers).await.expect("a table");
    create_runtime_table(&client, runtime).await.expect("a table");
    let (account, text) = (cloud.account(SECOND), |text: &str| AttributeValue::S(text.to_owned()));
    let item = client.put_item().table_name(accounts).item("accountId", text(account.id().as_str()));
    let item = item.item("roleArn", text(&account.role_arn())).item("externalId", text(EXTERNAL_ID));
    item.item("regions", AttributeValue::L(vec![text(REGION)])).send().await.expect("it is registered");
    let more = [
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
        ("ACCOUNTS_TABLE_NAME", accounts),
        ("CACHE_TABLE_NAME", &cache),
        ("SERVERS_TABLE_NAME", servers),
        ("RUNTIME_TABLE_NAME", runtime),
        ("LARDER_APP_TAG", "App=larder-demo"),
        ("AWS_LAMBDA_FUNCTION_TIMEOUT", "300"),
    ];
    let mut env = env(&cloud, &more);
    for session in [None, Some(("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()))] {
        env.extend(session);
        for (name, events) in [
            ("runtime-calculator", vec![json!({}), json!({"month": TOKEN}), json!({TOKEN: 1}), json!(TOKEN)]),
            ("event-responder", events(account.id().as_str())),
        ] {
            let function = started(name, &env).await;
            for event in events {
                let answer = function.invoke(&event).await.expect("an answer");
                assert_silent(name, &[answer.to_string()]);
            }
            assert_silent_log(name, &function.log());
        }
    }
}

/// Each with a token in another place; the last is well, but of the account whose role can't be assumed.
fn events(account: &str) -> Vec<serde_json::Value> {
    let state = |id: &str, state: &str, time: &str| {
        json!({
            "version": "0", "id": TOKEN, "source": "aws.ec2", "account": account, "region": REGION, "time": time,
            "detail-type": "EC2 Instance State-change Notification", "detail": {"instance-id": id, "state": state},
        })
    };
    const TIME: &str = "2025-12-02T06:00:00Z";
    let mut elsewhere = state("i-0123456789abcdef0", "running", TIME);
    elsewhere["region"] = json!(TOKEN);
    let mut nobodys = state("i-0123456789abcdef0", "running", TIME);
    nobodys["account"] = json!(TOKEN);
    vec![
        json!(TOKEN),
        json!({"source": TOKEN}),
        json!({TOKEN: TOKEN, "detail": {"token": TOKEN}}),
        state(TOKEN, "running", TIME),
        state("i-0123456789abcdef0", TOKEN, TIME),
        state("i-0123456789abcdef0", "running", TOKEN),
        elsewhere,
        nobodys,
        state("i-0123456789abcdef0", "running", TIME),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn by_commands_that_fail() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let account = cloud.account(SECOND);
    let (file, id) = (folder.path().join("larder.toml").display().to_string(), account.id().as_str());
    let role = account.role_arn();
    let registered =
        format!("[[accounts]]\naccount_id = \"{id}\"\nrole_arn = \"{role}\"\nexternal_id = \"{EXTERNAL_ID}\"\n");
    std::fs::write(&file, registered).expect("it is written");
    let set = [("LARDER_CONFIG", &*file), ("LARDER_STORE", "memory"), ("LARDER_TOKEN", TOKEN)];
    let good = env(&cloud, &set);
    let mut expired = good.clone();
    expired.push(("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()));
    let mut bad_token = good.clone();
    bad_token.retain(|(name, _)| *name != "LARDER_TOKEN");
    bad_token.push(("LARDER_TOKEN", format!("{BEARER} {TOKEN}")));
    let refused = format!("get ec2-subnets --region us-east-1 --account {id}");
    let served = Door::serve(&["--store", "memory"], &env(&cloud, &[])).await;
    let [wrong_route, nobody_there] =
        [format!("http://{}/elsewhere", served.address()), "http://127.0.0.1:1".to_owned()];
    for env in [&good, &expired, &bad_token] {
        for command in [
            refused.clone(),
            "accounts check".to_owned(),
            "doctor".to_owned(),
            format!("get ec2-subnets --region {TOKEN}"),
            format!("cache status --url {wrong_route}"),
            format!("cache status --url {nobody_there}"),
            format!("runtime --url {nobody_there}"),
        ] {
            let told = larder(&command, env).await;
            assert_silent(&command, &[told.stdout, told.stderr]);
        }
    }
}
