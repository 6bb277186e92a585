use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::runtime::{DynamoDbItems, DynamoDbServers, KeptAnswer, Ledger, ServersTable};
use larder_app::{Environment, Quality, Second, SystemEnvironment};
use larder_standin::{Config, Delivery, Notification};
use larder_tests::{
    DynamoDbLocal, FakedClock, Program, RuntimeEmulator, create_accounts_table, create_runtime_table,
    create_servers_table,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, SECOND, table};
use crate::door::{Door, borrowed};

/// A Tuesday, thirty hours into a month: the month before is final.
const BEGINNING: &str = "2025-12-02T06:00:00Z";
/// Until when everyone has come to work.
const LATER: Duration = Duration::from_hours(6);
const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];
const SEED: u64 = 7;
/// Minutes that an instance spends pending or stopping at most, which an approximate endpoint is off by.
const TOLERANCE: f64 = 3.0;

struct World {
    cloud: Cloud,
    clock: FakedClock,
    env: Vec<(&'static str, String)>,
    responder: RuntimeEmulator,
    servers: DynamoDbServers,
    ledger: Ledger,
}

async fn started(name: &str, env: &[(&str, String)]) -> RuntimeEmulator {
    let binary = Program::path(name).expect("it is built");
    RuntimeEmulator::start(&binary, &borrowed(env)).await.expect("the emulator starts")
}

async fn world() -> World {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let cloud = Cloud::with(Config { now: Some(BEGINNING.parse().expect("ISO 8601")), ..Config::default() }).await;
    let clock = FakedClock::new().expect("a folder");
    set(&clock, BEGINNING.parse().expect("ISO 8601"));
    let client = DynamoDbLocal::shared().await.client();
    let names = ["accounts", "servers", "runtime"].map(|kind| format!("larder-told-{kind}-{number}"));
    let [accounts, servers, runtime] = &names;
    create_accounts_table(&client, accounts).await.expect("a table");
    create_servers_table(&client, servers).await.expect("a table");
    create_runtime_table(&client, runtime).await.expect("a table");
    let text = AttributeValue::S;
    let item = client.put_item().table_name(accounts).item("accountId", text(cloud.account(FIRST).id().to_string()));
    let regions = REGIONS.map(|region| text(region.to_owned())).to_vec();
    item.item("regions", AttributeValue::L(regions)).send().await.expect("it is registered");
    let (cache, endpoint) = table().await;
    let more = [
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
        ("ACCOUNTS_TABLE_NAME", accounts),
        ("CACHE_TABLE_NAME", &cache),
        ("SERVERS_TABLE_NAME", servers),
        ("RUNTIME_TABLE_NAME", runtime),
        ("LARDER_APP_TAG", "App=larder-demo"),
        ("LARDER_COHERENCE_WINDOW_MS", "0"),
        ("AWS_LAMBDA_FUNCTION_TIMEOUT", "300"),
    ];
    let mut env = cloud.env(FIRST, &more);
    env.extend(clock.env());
    let responder = started("event-responder", &env).await;
    let ledger = Ledger::new(Arc::new(DynamoDbItems::new(client.clone(), runtime)));
    World { cloud, clock, env, responder, servers: DynamoDbServers::new(client, servers), ledger }
}

fn set(clock: &FakedClock, now: Second) {
    let real = i64::try_from(SystemEnvironment::new().now().wall.as_secs()).expect("before the end of time");
    clock.set(now.unix() - real).expect("it is set");
}

impl World {
    async fn respond(&self, event: &Value) -> Value {
        let answer = self.responder.invoke(event).await.expect("an answer");
        assert!(answer.get("errorMessage").is_none(), "{event}: {answer}\n{:#?}", self.responder.log());
        answer
    }

    async fn calculate(&self, calculator: &RuntimeEmulator) {
        let answer = calculator.invoke(&json!({})).await.expect("an answer");
        let body: Value = serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON");
        assert_eq!((body["errors"].as_u64(), body["remaining"].as_u64()), (Some(0), Some(0)), "{body}");
    }

    fn pass(&self, time: Duration) {
        self.cloud.standin.advance_clock(time);
        set(&self.clock, self.cloud.standin.now().to_string().parse().expect("ISO 8601"));
    }

    /// What EventBridge tells of an account's servers between the beginning and now, in the order of its times.
    fn notifications(&self, account: usize) -> Vec<Notification> {
        let span = BEGINNING.parse().expect("ISO 8601")..self.cloud.standin.now();
        let mut told = self.cloud.standin.lives().notifications(&span, &Delivery::default());
        let account = self.cloud.account(account);
        told.retain(|it| it.life.account_id == *account.id() && REGIONS.contains(&it.life.region));
        told
    }

    /// All answers that are kept of servers which were there since the beginning.
    async fn kept(&self) -> Vec<KeptAnswer> {
        let span = BEGINNING.parse().expect("ISO 8601")..self.cloud.standin.now();
        let mut all = Vec::new();
        for life in self.cloud.standin.lives().during(&span) {
            all.extend(self.servers.get(&life.id).await.expect("it is read"));
        }
        all
    }

    /// The truth is between the bounds, but for what approximate endpoints spent pending or stopping.
    fn check(&self, KeptAnswer { answer, .. }: &KeptAnswer) {
        let [from, to] = [answer.window_from, answer.window_to].map(|end| end.to_string().parse().expect("ISO 8601"));
        let life = self.cloud.standin.lives().find(&answer.server.instance_id).expect("it lives");
        let truth = life.running_seconds(&(from..to)) as f64 / 60.0;
        let tolerance = f64::from(answer.approximate_endpoints) * TOLERANCE + 0.01;
        let lower = answer.lower_minutes.expect("it is known") - tolerance;
        let upper = answer.upper_minutes.expect("it is known") + tolerance;
        assert!((lower..=upper).contains(&truth), "{truth} {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_out_of_order_and_some_lost_the_answers_bound_the_truth_at_once_and_the_run_makes_them_it() {
    let world = world().await;
    let calculator = started("runtime-calculator", &world.env).await;
    world.calculate(&calculator).await;
    world.pass(LATER);
    let mut told: Vec<_> = world.notifications(FIRST).into_iter().enumerate().filter(|(nth, _)| nth % 7 != 3).collect();
    assert!(told.len() > 20, "{} changes of state", told.len());
    let mut random = StdRng::seed_from_u64(SEED);
    let mut updated = 0;
    for _ in 0..2 {
        told.shuffle(&mut random);
        for (_, notification) in &told {
            let report = world.respond(&notification.document()).await;
            assert_eq!((&report["changed"], &report["ignored"]), (&json!(1), &json!(0)), "{report}");
            if report["updated"] == 0 {
                continue;
            }
            updated += 1;
            let id = &notification.life.id;
            let kept = world.servers.get(id).await.expect("it is read").expect("it is there");
            world.check(&kept);
            let told = [&report["instanceId"], &report["minutes"], &report["timestamp"]];
            let timestamp = kept.timestamp.expect("it was worked out");
            assert_eq!(told, [&json!(id), &json!(kept.answer.minutes), &json!(timestamp)], "at once");
            let age = timestamp.since(BEGINNING.parse().expect("ISO 8601"));
            assert!(age >= LATER.as_secs() as i64, "until now: {kept:?}");
        }
    }
    assert!(updated > told.len(), "{updated} of twice {} were of servers", told.len());
    // What CloudTrail tells late is there an hour later.
    world.pass(Duration::from_hours(1));
    world.calculate(&calculator).await;
    let kept = world.kept().await;
    kept.iter().for_each(|kept| world.check(kept));
    let exact = kept.iter().filter(|kept| kept.answer.quality == Quality::Exact).count();
    assert!(exact * 4 > kept.len() * 3, "{exact} of {} are exact", kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_registered_changes_nothing() {
    let world = world().await;
    world.pass(LATER);
    let told = world.notifications(SECOND);
    assert!(!told.is_empty(), "something happens in the other account");
    for notification in told.iter().take(5) {
        let report = world.respond(&notification.document()).await;
        assert_eq!((&report["changed"], &report["ignored"]), (&json!(0), &json!(1)), "{report}");
        let history = world.ledger.history(&notification.life.id, Second::MIN).await.expect("it is read");
        assert_eq!(history.evidence, []);
    }
    let malformed = world.responder.invoke(&json!({"source": "aws.ec2"})).await.expect("an answer");
    assert_eq!(malformed["errorType"], "INVALID_BODY", "{malformed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_event_makes_old_is_fetched_again_and_nothing_else_is() {
    const QUOTAS: &str = "/drs/quotas?region=us-east-1";
    const SUBNETS: &str = "/ec2/subnets?region=us-east-1";
    const ELSEWHERE: &str = "/ec2/subnets?region=us-west-2";
    let world = world().await;
    let reader = Door::function(&world.env).await;
    for path in [QUOTAS, SUBNETS, ELSEWHERE] {
        assert_eq!(reader.get(path).await.status, 200, "{path}");
    }
    let stored = async |path: &str| reader.cached(path).await.status == 200;
    let event = |account: usize, source: &str, kind: &str, detail: Value| {
        json!({
            "version": "0", "id": "1", "source": source, "detail-type": kind, "time": BEGINNING,
            "account": world.cloud.account(account).id().to_string(), "region": "us-east-1", "detail": detail,
        })
    };
    let call = |account, name: &str| {
        event(account, "aws.ec2", "AWS API Call via CloudTrail", json!({"eventName": name, "readOnly": false}))
    };
    let launched = |account| event(account, "aws.drs", "DRS Source Server Launch Result", json!({}));

    for ignored in [call(SECOND, "DeleteSubnet"), launched(SECOND), call(FIRST, "RunInstances")] {
        assert_eq!(world.respond(&ignored).await["ignored"], 1, "{ignored}");
    }
    assert!(stored(QUOTAS).await && stored(SUBNETS).await, "not by events of others");
    let report = world.respond(&launched(FIRST)).await;
    assert_eq!(report["invalidated"], json!(["drs-quotas", "drs-source-servers"]));
    assert!(!stored(QUOTAS).await && stored(SUBNETS).await);
    let report = world.respond(&call(FIRST, "DeleteSubnet")).await;
    assert_eq!(report["invalidated"], json!(["ec2-subnets"]));
    assert!(!stored(SUBNETS).await && stored(ELSEWHERE).await);
    let before = world.cloud.standin.call_count("ec2:DescribeSubnets");
    assert_eq!(reader.get(SUBNETS).await.status, 200);
    assert!(world.cloud.standin.call_count("ec2:DescribeSubnets") > before, "it is fetched again");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_tables_it_does_not_start_and_says_which() {
    let set = [
        ("LARDER_APP_TAG", "App=larder-demo"),
        ("CACHE_TABLE_NAME", "cache"),
        ("RUNTIME_TABLE_NAME", "runtime"),
        ("SERVERS_TABLE_NAME", "servers"),
        ("AWS_REGION", "us-east-1"),
    ];
    for missing in ["LARDER_APP_TAG", "CACHE_TABLE_NAME", "RUNTIME_TABLE_NAME", "SERVERS_TABLE_NAME"] {
        let env: Vec<_> = set.into_iter().filter(|(name, _)| *name != missing).collect();
        let finished = Program::run("event-responder", &[], &env).await.expect("it ends");
        assert!(!finished.status.success(), "{finished:?}");
        assert!(finished.stderr.contains(&format!("{missing} is not set")), "{finished:?}");
    }
}
