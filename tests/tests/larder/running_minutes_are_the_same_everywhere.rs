use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::{Quality, Runtime, Second};
use larder_tests::{
    DynamoDbLocal, Program, RuntimeEmulator, create_accounts_table, create_runtime_table, create_servers_table,
    wait_until,
};
use serde_json::{Value, json};

use crate::cloud::{Cloud, SECOND};
use crate::command::{Told, larder};
use crate::door::{Door, borrowed};

/// What an instance may spend pending or stopping at an end that is approximate, in minutes.
const APPROXIMATE: f64 = 3.0;
/// How recent a change of state is that CloudTrail may not tell yet, in seconds.
const RECENT: i64 = 20 * 60;
const TABLES: [&str; 3] = ["larder-same-accounts", "larder-same-servers", "larder-same-runtime"];

/// A demo, and what points other tools at its made-up AWS.
struct Demo {
    door: Door,
    env: Vec<(&'static str, String)>,
    client: reqwest::Client,
}

impl Demo {
    async fn start() -> Self {
        let door = Door::serve(&["--demo"], &[]).await;
        door.program().line("export LARDER_APP_TAG=").await.expect("it says how it is asked");
        let names = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "LARDER_APP_TAG"];
        let log = door.program().log();
        let exported = |name: &str| log.iter().find_map(|line| line.trim().strip_prefix(&format!("export {name}=")));
        let env = names.map(|name| (name, exported(name).expect("it is exported").to_owned())).to_vec();
        Self { door, env, client: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    async fn aws(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.env[0].1);
        self.client.get(url).send().await.expect("it answers").json().await.expect("JSON")
    }

    /// How long each instance ran, in minutes.
    async fn truth(&self, from: Second, to: Second) -> BTreeMap<String, f64> {
        let told = self.aws(&format!("/_standin/lives?from={from}&to={to}")).await;
        let lives = told["lives"].as_array().expect("a list").iter().map(|life| {
            let seconds = life["runningSeconds"].as_f64().expect("a number");
            (life["instanceId"].as_str().expect("a text").to_owned(), seconds / 60.0)
        });
        lives.collect()
    }

    /// The instances whose state changed lately.
    async fn changed_before(&self, now: Second) -> BTreeSet<String> {
        let told =
            self.aws(&format!("/_standin/state-changes?from={}&to={}", now.plus(-RECENT), now.plus(RECENT))).await;
        let events = told["events"].as_array().expect("a list").iter();
        events.map(|event| event["detail"]["instance-id"].as_str().expect("a text").to_owned()).collect()
    }

    /// How far each answer is from the truth, in minutes; those that are exact are as right as they say.
    async fn errors(&self, answers: &[Runtime]) -> BTreeMap<String, f64> {
        let windows: BTreeSet<_> = answers.iter().map(|answer| (answer.window_from, answer.window_to)).collect();
        let mut truths = BTreeMap::new();
        for (from, to) in windows {
            truths.insert((from, to), self.truth(from, to).await);
        }
        let mut errors = BTreeMap::new();
        for answer in answers {
            let truth = truths[&(answer.window_from, answer.window_to)][&answer.server.instance_id];
            let tolerance = f64::from(answer.approximate_endpoints) * APPROXIMATE + 0.02;
            let bounds = answer.lower_minutes.zip(answer.upper_minutes).expect("it is known");
            assert!(bounds.0 - tolerance <= truth && truth <= bounds.1 + tolerance, "{truth}: {answer:?}");
            if answer.quality == Quality::Exact {
                errors.insert(answer.server.instance_id.clone(), bounds.0 - truth);
            }
        }
        errors
    }
}

fn answers(servers: &Value) -> Vec<Runtime> {
    serde_json::from_value(servers["servers"].clone()).expect("answers")
}

fn told(told: &Told) -> Vec<Runtime> {
    told.is(0, &[]);
    answers(&told.json())
}

/// The calculator itself, with tables of its own.
async fn function(demo: &Demo) -> RuntimeEmulator {
    let dynamodb = DynamoDbLocal::shared().await;
    let [accounts, servers, runtime] = TABLES;
    create_accounts_table(&dynamodb.client(), accounts).await.expect("a table");
    create_servers_table(&dynamodb.client(), servers).await.expect("a table");
    create_runtime_table(&dynamodb.client(), runtime).await.expect("a table");
    // The same fleet has the same accounts.
    let account = Cloud::start().await.account(SECOND);
    let text = AttributeValue::S;
    let item = dynamodb.client().put_item().table_name(accounts).item("accountId", text(account.id().to_string()));
    let item = item.item("roleArn", text(account.role_arn())).item("externalId", text(account.external_id()));
    item.send().await.expect("it is registered");
    let mut env = demo.env.clone();
    env.push(("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint_url().to_owned()));
    let tables = ["ACCOUNTS_TABLE_NAME", "SERVERS_TABLE_NAME", "RUNTIME_TABLE_NAME"].into_iter().zip(TABLES);
    env.extend(tables.map(|(variable, table)| (variable, table.to_owned())));
    env.push(("AWS_LAMBDA_FUNCTION_TIMEOUT", "300".to_owned()));
    let binary = Program::path("runtime-calculator").expect("it is built");
    RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts")
}

/// What the function keeps, read by a program that shares its tables.
async fn of_tables(demo: &Demo) -> Vec<Runtime> {
    let mut env = demo.env.clone();
    env.push(("AWS_ENDPOINT_URL_DYNAMODB", DynamoDbLocal::shared().await.endpoint_url().to_owned()));
    env.push(("SERVERS_TABLE_NAME", TABLES[1].to_owned()));
    env.push(("RUNTIME_TABLE_NAME", TABLES[2].to_owned()));
    told(&larder("runtime --json", &env).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn server_program_and_function_tell_the_same_minutes() {
    let demo = Demo::start().await;
    let begun = demo.door.get("/runtime/servers").await;
    if begun.status == 200 {
        let begun = begun.json();
        assert!(!begun["progress"].as_array().expect("a list").is_empty(), "its events are not read yet: {begun}");
        let minutes = begun["servers"].as_array().expect("a list").iter().map(|server| &server["minutes"]);
        assert!(minutes.into_iter().all(Value::is_null), "nothing is known yet: {begun}");
    } else {
        assert_eq!(begun.code(), "RUNTIME_NOT_READY");
    }
    let calculating = function(&demo).await;
    let calculated = calculating.invoke(&json!({})).await.expect("an answer");
    let body: Value = serde_json::from_str(calculated["body"].as_str().expect("a text")).expect("JSON");
    assert_eq!((&body["errors"], &body["processed"]), (&json!(0), &body["total_servers"]), "{body}");
    wait_until("the demo's events are read", async || {
        let page = demo.door.get("/runtime/servers").await.json();
        let is_known = |server: &Value| !server["minutes"].is_null();
        let servers = page["servers"].as_array().expect("a list");
        Ok((page.get("progress").is_none() && servers.iter().all(is_known)).then_some(()))
    })
    .await
    .expect("they are");
    let over_http = answers(&demo.door.get("/runtime/servers").await.json());
    let line = format!("runtime --json --url http://{}", demo.door.address());
    let by_program = told(&larder(&line, &[]).await);
    let by_function = of_tables(&demo).await;
    assert_eq!(over_http, by_program);
    let ids = |answers: &[Runtime]| answers.iter().map(|answer| answer.server.instance_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&over_http), ids(&by_function));
    assert_eq!(body["total_servers"], over_http.len());
    let now = over_http.iter().map(|answer| answer.as_of).max().expect("servers");
    let changed = demo.changed_before(now).await;
    let (http, function) = (demo.errors(&over_http).await, demo.errors(&by_function).await);
    assert!(http.len() * 2 > over_http.len(), "most are exact: {}", http.len());
    for (id, error) in http.iter().filter(|(id, _)| !changed.contains(*id)) {
        assert!((error - function[id]).abs() < 0.02, "{id}: {error} and {} from the truth", function[id]);
    }
    let one = &by_function[0].server.instance_id;
    let single = demo.door.get(&format!("/runtime/servers/{one}")).await.json();
    assert_eq!(serde_json::from_value::<Runtime>(single).expect("an answer"), over_http[0]);
}
