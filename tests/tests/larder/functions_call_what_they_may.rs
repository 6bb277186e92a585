//! Each function's role allows what its row says, so each calls just that: nothing that is not allowed, and nothing is
//! allowed that is not called.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use larder_app::history_queries::HISTORY_QUERIES;
use larder_app::inventory::INVENTORY;
use larder_app::{DATA_TYPES, DataType, FUNCTIONS, Function, ScopeRule, Table};
use larder_standin::{APP_TAG, Life, Notification};
use larder_tests::{
    DynamoDbLocal, Program, RuntimeEmulator, create_accounts_table, create_runtime_table, create_servers_table,
    create_table, http_event,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::cloud::{Cloud, FIRST, REGION, SECOND, question};
use crate::door::{administrator, borrowed, http_reply};
use crate::faulty_dynamodb::FaultyDynamoDb;
use crate::large_subnets::LargeSubnets;

const TABLES: [(Table, &str, &str); 4] = [
    (Table::Cache, "CACHE_TABLE_NAME", "larder-may-cache"),
    (Table::Accounts, "ACCOUNTS_TABLE_NAME", "larder-may-accounts"),
    (Table::Runtime, "RUNTIME_TABLE_NAME", "larder-may-runtime"),
    (Table::Servers, "SERVERS_TABLE_NAME", "larder-may-servers"),
];
/// Needs no permission.
const WHO_AM_I: &str = "sts:GetCallerIdentity";

/// The tables, behind a DynamoDB that keeps what it was asked, and an AWS with two accounts, the second by its role and
/// with no regions named.
struct World {
    cloud: Cloud,
    dynamodb: FaultyDynamoDb,
}

/// A function under the emulator.
struct Running(RuntimeEmulator);

impl World {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        let dynamodb = FaultyDynamoDb::before(DynamoDbLocal::shared().await.endpoint_url()).await;
        let client = DynamoDbLocal::shared().await.client();
        let [cache, accounts, runtime, servers] = TABLES.map(|(_, _, name)| name);
        create_table(&client, cache).await.expect("a table");
        create_accounts_table(&client, accounts).await.expect("a table");
        create_runtime_table(&client, runtime).await.expect("a table");
        create_servers_table(&client, servers).await.expect("a table");
        let other = cloud.account(SECOND);
        let item =
            [("accountId", other.id().to_string()), ("roleArn", other.role_arn()), ("externalId", other.external_id())];
        let item = item.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        client.put_item().table_name(accounts).set_item(Some(item.into())).send().await.expect("it is registered");
        Self { cloud, dynamodb }
    }

    async fn run(&self, function: &Function, more: &[(&'static str, &str)]) -> Running {
        let mut env = self.cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url())]);
        let has = |table| function.tables.iter().any(|(of_function, _)| *of_function == table);
        let tables = TABLES.iter().filter(|(table, _, _)| has(*table));
        env.extend(tables.map(|&(_, variable, name)| (variable, name.to_owned())));
        let all = [("LARDER_APP_TAG", "App=larder-demo"), ("AWS_LAMBDA_FUNCTION_TIMEOUT", "300")];
        env.extend(all.iter().chain(more).map(|&(name, value)| (name, value.to_owned())));
        let binary = Program::path(function.name).expect("it is built");
        Running(RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts"))
    }

    /// Whoever invalidates next makes a new one.
    async fn lose_epoch(&self) {
        let [(_, _, cache), ..] = TABLES;
        let delete = DynamoDbLocal::shared().await.client().delete_item().table_name(cache);
        delete.key("cacheKey", AttributeValue::S("#epoch".to_owned())).send().await.expect("it is lost");
    }

    /// How often AWS was asked for what, by IAM action.
    fn asked(&self) -> BTreeMap<String, u64> {
        let mut asked = BTreeMap::new();
        for (call, count) in self.cloud.standin.calls() {
            *asked.entry(call.operation).or_default() += count;
        }
        asked.remove(WHO_AM_I);
        asked
    }

    /// Where what was called since `before` is not what the function's row says.
    fn differences(&self, function: &Function, before: &BTreeMap<String, u64>) -> Vec<String> {
        let touched = self.dynamodb.take_touched();
        let mut differences = Vec::new();
        let mut compare = |what: String, called: BTreeSet<String>, allowed: BTreeSet<String>| {
            let (denied, idle) = (&called - &allowed, &allowed - &called);
            if !denied.is_empty() || !idle.is_empty() {
                differences.push(format!("{} and {what}: not allowed {denied:?}, not called {idle:?}", function.name));
            }
        };
        for (table, _, name) in TABLES {
            let of_row = function.tables.iter().filter(|(of_row, _)| *of_row == table);
            let allowed: BTreeSet<_> = of_row.flat_map(|(_, actions)| *actions).map(|&it| it.to_owned()).collect();
            let of_table = touched.iter().filter(|(touched, _)| touched == name);
            let called: BTreeSet<_> = of_table.map(|(_, operation)| format!("dynamodb:{operation}")).collect();
            compare(format!("{table:?}"), called, allowed);
        }
        let called = self.asked().into_iter().filter(|(action, count)| before.get(action) != Some(count));
        let called: BTreeSet<_> = called.map(|(action, _)| action).collect();
        // Those that read a secret have a suite of their own: functions_open_the_history_by_its_secret.
        let is_elsewhere = |action: &str| action.starts_with("dynamodb:") || action.starts_with("secretsmanager:");
        let allowed = function.calls().filter(|action| !is_elsewhere(action) && *action != WHO_AM_I);
        compare("AWS".to_owned(), called, allowed.map(str::to_owned).collect());
        differences
    }
}

impl Running {
    async fn invoke(&self, event: &Value) -> Value {
        let answer = self.0.invoke(event).await.expect("an answer");
        assert!(answer.get("errorMessage").is_none(), "{event}: {answer}\n{:#?}", self.0.log());
        answer
    }

    async fn ask(&self, path: &str) -> Value {
        let reply = http_reply(&self.invoke(&http_event("GET", path, &[], None, Some(&administrator()))).await);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.json()
    }
}

/// Everything that the function is there for, in an order in which each finds what it needs.
async fn everything(world: &World, function: &Function) {
    let [own, other] = [FIRST, SECOND].map(|number| world.cloud.account(number).id().to_string());
    match function.name {
        "runtime-calculator" => {
            let calculator = world.run(function, &[]).await;
            calculator.invoke(&json!({})).await;
            // Of servers that have lost the tag, which are none then.
            world.run(function, &[("LARDER_APP_TAG", "App=no-longer")]).await.invoke(&json!({})).await;
            calculator.invoke(&json!({})).await;
        }
        "query-handler" => {
            let strict = [("LARDER_COHERENCE_WINDOW_MS", "0"), ("LARDER_RUNTIME_MAX_AGE_S", "0")];
            let handler = world.run(function, &strict).await;
            for row in DATA_TYPES {
                handler.ask(&question(row)).await;
                // From memory, upon a look at the epoch.
                handler.ask(&question(row)).await;
            }
            handler.ask(&format!("/ec2/subnets?region=all&accountId={other}")).await;
            handler.ask("/cache/entries?dataType=ec2-subnets").await;
            let servers = handler.ask("/runtime/servers").await;
            let server = servers["servers"][0]["instanceId"].as_str().expect("a server").to_owned();
            handler.ask(&format!("/runtime/servers/{server}")).await;
            // More than an item holds.
            let ec2 = LargeSubnets::start().await;
            let handler = world.run(function, &[("AWS_ENDPOINT_URL_EC2", ec2.url())]).await;
            handler.ask("/ec2/subnets?region=eu-west-1").await;
        }
        "cache-invalidator" => {
            let invalidator = world.run(function, &[]).await;
            world.lose_epoch().await;
            invalidator.invoke(&json!({"dataType": "ec2-subnets", "purge": true})).await;
        }
        "event-responder" => {
            let responder = world.run(function, &[]).await;
            world.lose_epoch().await;
            for event in changes_of_servers(world, &own) {
                responder.invoke(&event).await;
            }
            let call = json!({
                "id": "1", "source": "aws.ec2", "detail-type": "AWS API Call via CloudTrail", "account": other,
                "region": REGION, "time": world.cloud.standin.now().to_string(),
                "detail": {"eventSource": "ec2.amazonaws.com", "eventName": "CreateSubnet"},
            });
            responder.invoke(&call).await;
        }
        "cache-warmer" => keeping_warm(world, function, [&own, &other]).await,
        "inventory-sync" => syncing(world, function, [&own, &other]).await,
        "inventory-api" => telling_inventory(world, function, [&own, &other]).await,
        other => panic!("nothing is known of {other}"),
    }
}

/// Some changes of state of the application's servers that are there still: on a Sunday, none may be of today.
fn changes_of_servers(world: &World, account: &str) -> Vec<Value> {
    let (key, value) = APP_TAG;
    let standin = &world.cloud.standin;
    let now = standin.now();
    let is_server = |life: &Life| {
        let has_tag = life.tags.iter().any(|(its_key, its_value)| its_key == key && its_value == value);
        has_tag && life.gone.is_none_or(|gone| gone > now) && life.account_id.as_str() == account
    };
    let told = standin.lives().notifications(&(now - SignedDuration::from_hours(30 * 24)..now), &standin.delivery());
    let changes = told.iter().rev().filter(|it| is_server(&it.life)).take(3);
    let documents: Vec<_> = changes.map(Notification::document).collect();
    assert!(!documents.is_empty(), "a server starts or stops in a month");
    documents
}

async fn syncing(world: &World, function: &Function, [own, other]: [&str; 2]) {
    let history = NamedTempFile::new().expect("a file");
    let database = format!("sqlite:{}", history.path().display());
    let strict = [("LARDER_DATABASE", &*database), ("LARDER_COHERENCE_WINDOW_MS", "0"), ("LARDER_ACCOUNT_ID", own)];
    let sync = world.run(function, &strict).await;
    world.lose_epoch().await;
    // The second time the regions come from memory, upon a look at the epoch.
    for _ in 0..2 {
        sync.invoke(&json!({})).await;
    }
    sync.invoke(&json!({"costs": true})).await;
    sync.invoke(&json!({"accountIds": [other]})).await;
    // More than an item holds.
    let ec2 = LargeSubnets::start().await;
    let large = [("LARDER_DATABASE", &*database), ("AWS_ENDPOINT_URL_EC2", ec2.url()), ("LARDER_ACCOUNT_ID", own)];
    world.run(function, &large).await.invoke(&json!({"accountIds": [own]})).await;
}

async fn telling_inventory(world: &World, function: &Function, [own, other]: [&str; 2]) {
    let history = NamedTempFile::new().expect("a file");
    let database = format!("sqlite:{}", history.path().display());
    let strict = [("LARDER_DATABASE", &*database), ("LARDER_COHERENCE_WINDOW_MS", "0"), ("LARDER_ACCOUNT_ID", own)];
    let api = world.run(function, &strict).await;
    world.lose_epoch().await;
    for kind in INVENTORY {
        for account in [own, other] {
            let path = kind.sync_path.replace("{id}", account);
            let sync = api.invoke(&http_event("POST", &path, &[], None, Some(&administrator()))).await;
            assert_eq!(http_reply(&sync).status, 200, "{path}: {sync}");
            api.ask(&kind.path.replace("{id}", account)).await;
        }
    }
    api.ask("/api/cost-data").await;
    for query in HISTORY_QUERIES {
        api.ask(&query.path()).await;
    }
    // More than an item holds.
    let ec2 = LargeSubnets::start().await;
    let large = [("LARDER_DATABASE", &*database), ("AWS_ENDPOINT_URL_EC2", ec2.url()), ("LARDER_ACCOUNT_ID", own)];
    let path = format!("/snapshots/api/accounts/{own}/sync?region=eu-west-1");
    let event = http_event("POST", &path, &[], None, Some(&administrator()));
    let sync = world.run(function, &large).await.invoke(&event).await;
    assert_eq!(http_reply(&sync).status, 200, "{sync}");
}

async fn keeping_warm(world: &World, function: &Function, [own, other]: [&str; 2]) {
    let of_scope = |row: &DataType| match row.scope {
        ScopeRule::RegionAndAccount => format!("{REGION}#{own}"),
        ScopeRule::Region => format!("{REGION}#global"),
        ScopeRule::Account => format!("-#{own}"),
    };
    let keys = DATA_TYPES.iter().map(|row| format!("{}#{}", row.name, of_scope(row)));
    // One of an account that is not registered, whose lease is given back.
    let more = [format!("ec2-subnets#{REGION}#{other}"), "ec2-regions#-#999999999999".to_owned()];
    let keys = keys.chain(more).collect::<Vec<_>>().join(",");
    world.run(function, &[("LARDER_WARM_KEYS", &keys)]).await.invoke(&json!({})).await;
    // More than an item holds.
    let ec2 = LargeSubnets::start().await;
    let key = format!("ec2-subnets#eu-west-1#{own}");
    let large = [("LARDER_WARM_KEYS", &*key), ("AWS_ENDPOINT_URL_EC2", ec2.url())];
    world.run(function, &large).await.invoke(&json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_call_what_they_may() {
    let world = World::start().await;
    let mut differences = Vec::new();
    let order = ["runtime-calculator", "query-handler", "event-responder", "cache-invalidator", "cache-warmer"];
    let order = [&order[..], &["inventory-sync", "inventory-api"]].concat();
    assert_eq!(order.len(), FUNCTIONS.len());
    for name in order {
        let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a row");
        let before = world.asked();
        everything(&world, function).await;
        differences.extend(world.differences(function, &before));
    }
    assert_eq!(differences, [""; 0]);
}
