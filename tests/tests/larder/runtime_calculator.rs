use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::runtime::{DynamoDbServers, KeptAnswer, ServersTable};
use larder_app::{Environment, Quality, Second, SystemEnvironment};
use larder_standin::{Config, Fault, FaultKind, LookupRate};
use larder_tests::{
    DynamoDbLocal, FakedClock, Program, RuntimeEmulator, create_accounts_table, create_runtime_table,
    create_servers_table,
};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, SECOND};
use crate::door::borrowed;

/// Thirty hours into a month: the month before is final.
const BEGINNING: &str = "2025-11-02T06:00:00Z";
const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

struct World {
    cloud: Cloud,
    _clock: FakedClock,
    function: RuntimeEmulator,
    servers: DynamoDbServers,
    servers_table: String,
}

async fn world() -> World {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let config = Config {
        now: Some(BEGINNING.parse().expect("ISO 8601")),
        lookup_rate: LookupRate::TwoPerSecond,
        ..Config::default()
    };
    let cloud = Cloud::with(config).await;
    let clock = FakedClock::new().expect("a folder");
    let real = SystemEnvironment::new().now().wall.as_secs() as i64;
    clock.set(BEGINNING.parse::<Second>().expect("ISO 8601").unix() - real).expect("it is set");
    let dynamodb = DynamoDbLocal::shared().await;
    let names = ["accounts", "servers", "runtime"].map(|kind| format!("larder-calculated-{kind}-{number}"));
    let [accounts, servers, runtime] = &names;
    create_accounts_table(&dynamodb.client(), accounts).await.expect("a table");
    create_servers_table(&dynamodb.client(), servers).await.expect("a table");
    create_runtime_table(&dynamodb.client(), runtime).await.expect("a table");
    for account in [FIRST, SECOND].map(|number| cloud.account(number)) {
        let text = AttributeValue::S;
        let item = dynamodb.client().put_item().table_name(accounts).item("accountId", text(account.id().to_string()));
        let item = item.item("roleArn", text(account.role_arn())).item("externalId", text(account.external_id()));
        let regions = REGIONS.map(|region| text(region.to_owned())).to_vec();
        item.item("regions", AttributeValue::L(regions)).send().await.expect("it is registered");
    }
    let more = [
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint_url()),
        ("ACCOUNTS_TABLE_NAME", accounts),
        ("SERVERS_TABLE_NAME", servers),
        ("RUNTIME_TABLE_NAME", runtime),
        ("LARDER_APP_TAG", "App=larder-demo"),
        ("AWS_LAMBDA_FUNCTION_TIMEOUT", "300"),
    ];
    let mut env = cloud.env(FIRST, &more);
    env.extend(clock.env());
    let binary = Program::path("runtime-calculator").expect("it is built");
    let function = RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts");
    let beside = DynamoDbServers::new(dynamodb.client(), servers);
    World { cloud, _clock: clock, function, servers: beside, servers_table: servers.clone() }
}

impl World {
    async fn body(&self, event: &Value) -> Value {
        let answer = self.function.invoke(event).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer}\n{:#?}", self.function.log());
        serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON")
    }

    /// What stands beside every server.
    async fn kept(&self) -> Vec<KeptAnswer> {
        let client = DynamoDbLocal::shared().await.client();
        let scan = client.scan().table_name(&self.servers_table).into_paginator().items().send();
        let items = scan.collect::<Result<Vec<_>, _>>().await.expect("it is read");
        let mut all = Vec::new();
        for item in &items {
            let id = item["id"].as_s().expect("a text");
            all.extend(self.servers.get(id).await.expect("it is read"));
        }
        all
    }

    /// What is exact is the truth, but for what its endpoints spent pending or stopping.
    fn check(&self, KeptAnswer { answer, .. }: &KeptAnswer) {
        let [from, to] = [answer.window_from, answer.window_to].map(|end| end.to_string().parse().expect("ISO 8601"));
        let life = self.cloud.standin.lives().find(&answer.server.instance_id).expect("it lives");
        let truth = life.running_seconds(&(from..to)) as f64 / 60.0;
        let tolerance = f64::from(answer.approximate_endpoints) * 3.0 + 0.01;
        let minutes = answer.minutes.expect("it is known");
        assert!((minutes - truth).abs() <= tolerance, "{truth} {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exact_is_the_truth_and_what_fails_is_named() {
    let world = world().await;
    let (first, second) = (world.cloud.account(FIRST), world.cloud.account(SECOND));
    world.cloud.standin.fault(Fault::on("sts:AssumeRole", FaultKind::AccessDenied).of_account(first.id()));
    let body = world.body(&json!({})).await;
    let failed = body["failed"].as_array().expect("a list");
    assert_eq!((body["errors"].as_u64(), failed.len()), (Some(3), 3), "each region of the second account: {body}");
    assert!(failed.iter().all(|failed| failed["accountId"] == second.id().to_string()), "{body}");
    assert_eq!(body["processed"], body["total_servers"]);
    world.cloud.standin.clear_faults();
    let body = world.body(&json!({})).await;
    assert_eq!((body["errors"].as_u64(), &body["processed"]), (Some(0), &body["total_servers"]), "{body}");
    let kept = world.kept().await;
    assert_eq!(body["total_servers"].as_u64(), Some(kept.len() as u64));
    let exact: Vec<_> = kept.iter().filter(|kept| kept.answer.quality == Quality::Exact).collect();
    assert!(exact.len() * 4 > kept.len() * 3, "{} of {} are exact", exact.len(), kept.len());
    exact.into_iter().for_each(|kept| world.check(kept));
    let most = world.cloud.standin.most_calls_in_a_second();
    let mut lookups = most.iter().filter(|(call, _)| call.operation == "cloudtrail:LookupEvents");
    assert!(lookups.all(|(_, most)| *most <= 2), "{most:?}");
}
