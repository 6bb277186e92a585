//! A day on which everything happens that a metric tells of.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_standin::{Fault, FaultKind};
use larder_tests::{
    DynamoDbLocal, FakedClock, Program, RuntimeEmulator, create_accounts_table, create_runtime_table,
    create_servers_table, wait_until,
};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, REGION, item, table};
use crate::door::{Door, borrowed};
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};

/// Where all of it is written to.
pub(super) const NAMESPACE: &str = "Larder/test";

const SUBNETS: &str = "/ec2/subnets?region=us-east-1";
const GROUPS: &str = "/ec2/security-groups?region=us-east-1";
const PROFILES: &str = "/ec2/instance-profiles";
/// What is kept warm, and where.
const USED: &str = "ec2-subnets";
const UNUSED: &str = "ec2-security-groups";
const ELSEWHERE: &str = "us-west-2";
/// So many seconds ago the early warmer fetched what is kept for an hour.
const EARLIER: i64 = 56 * 60;
/// An account that is not registered.
const NOBODY: &str = "999999999999";

/// A metric as a function writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Emitted {
    pub(super) metric: String,
    pub(super) unit: String,
    /// Their names.
    pub(super) dimensions: Vec<String>,
}

/// All that the real functions write of such a day.
pub(super) async fn emitted() -> BTreeSet<Emitted> {
    let day = Day::begin().await;
    day.keeping_warm().await;
    day.questions().await;
    day.running_minutes().await;
    day.events().await;
    day.tampering().await;
    day.failing_store().await;
    day.written().await
}

struct Day {
    cloud: Cloud,
    dynamodb: FaultyDynamoDb,
    table: String,
    handler: Door,
    calculator: RuntimeEmulator,
    responder: RuntimeEmulator,
    /// That of almost an hour ago, whose entries are about to expire, and that of now.
    warmers: [RuntimeEmulator; 2],
    _clock: FakedClock,
}

impl Day {
    async fn begin() -> Self {
        let cloud = Cloud::start().await;
        let (cache, endpoint) = table().await;
        let dynamodb = FaultyDynamoDb::before(endpoint).await;
        let client = DynamoDbLocal::shared().await.client();
        let [accounts, servers, runtime] =
            ["accounts", "servers", "runtime"].map(|kind| format!("larder-watched-{kind}"));
        create_accounts_table(&client, &accounts).await.expect("a table");
        create_servers_table(&client, &servers).await.expect("a table");
        create_runtime_table(&client, &runtime).await.expect("a table");
        let id = AttributeValue::S(cloud.account(FIRST).id().to_string());
        let regions = AttributeValue::L(vec![AttributeValue::S(REGION.to_owned())]);
        let item = client.put_item().table_name(&accounts).item("accountId", id).item("regions", regions);
        item.send().await.expect("it is registered");
        let more = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()),
            ("ACCOUNTS_TABLE_NAME", &accounts),
            ("CACHE_TABLE_NAME", &cache),
            ("SERVERS_TABLE_NAME", &servers),
            ("RUNTIME_TABLE_NAME", &runtime),
            ("LARDER_APP_TAG", "App=larder-demo"),
            ("LARDER_METRICS_NAMESPACE", NAMESPACE),
            ("LARDER_BREAKER_FAILURES", "2"),
            ("LARDER_TTL_EC2_INSTANCE_PROFILES_S", "0"),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", "20"),
        ];
        let env = cloud.env(FIRST, &more);
        let handler = Door::function(&env).await;
        let (calculator, responder) =
            (started("runtime-calculator", &env).await, started("event-responder", &env).await);
        let account = cloud.account(FIRST).id().to_string();
        let keys = [USED, UNUSED].map(|data_type| format!("{data_type}#{ELSEWHERE}#{account}")).join(",");
        let nobodys = format!("{keys},ec2-regions#-#{NOBODY}");
        let exact = ("LARDER_TTL_JITTER", "0".to_owned());
        let clock = FakedClock::new().expect("a folder");
        clock.set(-EARLIER).expect("it is set");
        let mut early = env.clone();
        early.extend([exact.clone(), ("LARDER_WARM_KEYS", keys)]);
        early.extend(clock.env());
        let late = [&env[..], &[exact, ("LARDER_WARM_KEYS", nobodys)]].concat();
        let warmers = [started("cache-warmer", &early).await, started("cache-warmer", &late).await];
        Self { cloud, dynamodb, table: cache, handler, calculator, responder, warmers, _clock: clock }
    }

    /// Two entries that were fetched ahead are at their end, and one of them was used.
    async fn keeping_warm(&self) {
        let [early, late] = &self.warmers;
        early.invoke(&json!({})).await.expect("an answer");
        let reply = self.handler.get(&format!("/ec2/subnets?region={ELSEWHERE}")).await;
        assert!(reply.cache_status().contains("detail=store"), "{reply:?}");
        let key = format!("{USED}#{ELSEWHERE}#{}", self.cloud.account(FIRST).id());
        let used = async || Ok(item(&self.table, &key).await.contains_key("usedAt").then_some(()));
        wait_until("its use is noted", used).await.expect("it is");
        let answer = late.invoke(&json!({})).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }

    /// A miss, a hit in memory and one in the store, stale answers, and fetches that fail.
    async fn questions(&self) {
        for _ in 0..2 {
            assert_eq!(self.handler.get(SUBNETS).await.status, 200);
            assert_eq!(self.handler.get(PROFILES).await.status, 200);
        }
        self.cloud.standin.fault(Fault::on("*", FaultKind::Unavailable));
        assert_eq!(self.handler.get(GROUPS).await.status, 503);
        let stale = self.handler.get(PROFILES).await;
        assert!(stale.cache_status().contains("stale"), "{stale:?}");
        self.cloud.standin.clear_faults();
    }

    async fn running_minutes(&self) {
        let answer = self.calculator.invoke(&json!({})).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }

    async fn events(&self) {
        let account = self.cloud.account(FIRST).id().to_string();
        for name in ["DeleteSubnet", "RunInstances"] {
            let event = json!({
                "version": "0", "id": "1", "source": "aws.ec2", "detail-type": "AWS API Call via CloudTrail",
                "time": "2025-12-02T06:00:00Z", "account": account, "region": REGION,
                "detail": {"eventName": name, "readOnly": false},
            });
            let answer = self.responder.invoke(&event).await.expect("an answer");
            assert!(answer["ignored"].is_u64(), "{answer}");
        }
    }

    /// Another's item under a key: a new process finds it.
    async fn tampering(&self) {
        assert_eq!(self.handler.get(GROUPS).await.status, 200);
        let key = |data_type: &str| format!("{data_type}#{REGION}#{}", self.cloud.account(FIRST).id());
        let mut foreign = item(&self.table, &key("ec2-security-groups")).await;
        foreign.insert("cacheKey".to_owned(), AttributeValue::S(key("ec2-subnets")));
        let client = DynamoDbLocal::shared().await.client();
        client.put_item().table_name(&self.table).set_item(Some(foreign)).send().await.expect("it is written");
        self.end_idle_process().await;
        assert_eq!(self.handler.get(SUBNETS).await.status, 200);
        assert!(self.handler.counted("foreign").await > 0);
    }

    /// What AWS gave can't be written; then nothing can be asked, until the breaker opens.
    async fn failing_store(&self) {
        self.dynamodb.fault_after(2, StoreFault::Failed);
        for path in ["/drs/quotas?region=us-east-1", "/drs/source-servers?region=us-east-1", SUBNETS, GROUPS] {
            assert_eq!(self.handler.get(path).await.status, 200, "{path}");
        }
        assert!(self.handler.counted("writeFailed").await > 0);
        self.dynamodb.recover();
    }

    async fn end_idle_process(&self) {
        self.handler.signal("KILL");
        // The emulator finds it dead, and starts it at the invocation after this.
        assert!(self.handler.try_get(SUBNETS).await.is_none());
    }

    /// The lines reach the test a moment after the answers.
    async fn written(&self) -> BTreeSet<Emitted> {
        let all = async || {
            let [early, late] = self.warmers.each_ref().map(RuntimeEmulator::log);
            let logs = [self.handler.log(), self.calculator.log(), self.responder.log(), early, late].concat();
            let documents = logs.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let documents: Vec<_> = documents.filter(|document| document["_aws"].is_object()).collect();
            let is_open = documents.iter().any(|document| document["BreakerOpen"] == 1.0);
            Ok((is_open && documents.iter().any(|document| document["EventsTaken"] == 1.0)).then_some(documents))
        };
        let documents = wait_until("the breaker is told to be open", all).await.expect("it is written");
        assert!(documents.iter().all(|document| document["invocationId"].is_string()));
        documents.iter().flat_map(of_document).collect()
    }
}

async fn started(name: &str, env: &[(&str, String)]) -> RuntimeEmulator {
    let binary = Program::path(name).expect("it is built");
    RuntimeEmulator::start(&binary, &borrowed(env)).await.expect("the emulator starts")
}

fn of_document(document: &Value) -> Vec<Emitted> {
    let mut emitted = Vec::new();
    for directive in document["_aws"]["CloudWatchMetrics"].as_array().expect("a list") {
        assert_eq!(directive["Namespace"], NAMESPACE);
        for set in directive["Dimensions"].as_array().expect("a list") {
            let dimensions: Vec<_> = set.as_array().expect("a list").iter().map(text).collect();
            assert!(dimensions.iter().all(|name| document[name].is_string()), "{document}");
            for metric in directive["Metrics"].as_array().expect("a list") {
                let (metric, unit) = (text(&metric["Name"]), text(&metric["Unit"]));
                assert!(document[&metric].is_number() || document[&metric].is_array(), "{document}");
                emitted.push(Emitted { metric, unit, dimensions: dimensions.clone() });
            }
        }
    }
    emitted
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
