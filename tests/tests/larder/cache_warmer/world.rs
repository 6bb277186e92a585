//! The function, those who read what it keeps warm, and what they all ask.

use larder_tests::{FakedClock, Program, RuntimeEmulator, wait_until};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, Item, item, table};
use crate::door::{Door, borrowed};

pub(super) const DESCRIBE_SUBNETS: &str = "ec2:DescribeSubnets";
/// So many minutes before the others the early reader reads: what it fetched for an hour expires before the warmer's next run
/// is over.
const EARLIER: i64 = 56;
/// What the emulator tells the warmer that it has, in seconds: no minute, after which there would be another budget.
const TIMEOUT_S: &str = "30";

pub(super) struct World {
    pub(super) cloud: Cloud,
    pub(super) table: String,
    pub(super) env: Vec<(&'static str, String)>,
    /// A `query-handler` of almost an hour ago.
    pub(super) early: Door,
    pub(super) warmer: RuntimeEmulator,
    _clock: FakedClock,
}

impl World {
    pub(super) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with more variables. TTLs are exact, and invalidations strict.
    pub(super) async fn with(more: &[(&'static str, &str)]) -> Self {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let ours = [
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
            ("CACHE_TABLE_NAME", &*table),
            ("LARDER_COHERENCE_WINDOW_MS", "0"),
            ("LARDER_TTL_JITTER", "0"),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", TIMEOUT_S),
        ];
        let env = cloud.env(FIRST, &[&ours[..], more].concat());
        let clock = FakedClock::new().expect("a folder");
        clock.set(-EARLIER * 60).expect("it is set");
        let mut early = env.clone();
        early.extend(clock.env());
        let early = Door::function(&early).await;
        let binary = Program::path("cache-warmer").expect("it is built");
        let warmer = RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts");
        Self { cloud, table, env, early, warmer, _clock: clock }
    }

    /// Another `query-handler`, of now.
    pub(super) async fn reader(&self) -> Door {
        Door::function(&self.env).await
    }

    /// Has the early reader fetch subnets, and then use what it fetched.
    pub(super) async fn use_early(&self, regions: &[&str]) {
        for region in regions {
            let path = path(region);
            for layer in ["upstream", "memory"] {
                let reply = self.early.get(&path).await;
                assert!(reply.cache_status().contains(layer), "{reply:?}");
            }
            self.is_used(region).await;
        }
    }

    /// Waits until the store knows of the use.
    pub(super) async fn is_used(&self, region: &str) {
        let used = async || Ok(self.item(region).await.contains_key("usedAt").then_some(()));
        wait_until("its use is noted", used).await.expect("it is");
    }

    /// The item of the subnets there.
    pub(super) async fn item(&self, region: &str) -> Item {
        item(&self.table, &self.key(region)).await
    }

    pub(super) fn key(&self, region: &str) -> String {
        format!("ec2-subnets#{region}#{}", self.cloud.account(FIRST).id())
    }

    /// Runs the warmer once; what it tells.
    pub(super) async fn warm(&self) -> Value {
        let answer = self.warmer.invoke(&json!({})).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer}\n{:#?}", self.warmer.log());
        serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON")
    }

    pub(super) fn calls(&self) -> u64 {
        self.cloud.standin.call_count(DESCRIBE_SUBNETS)
    }
}

/// What asks for the subnets of a region.
pub(super) fn path(region: &str) -> String {
    format!("/ec2/subnets?region={region}")
}

/// Those counts of the subnets that are not zero.
pub(super) fn subnets(body: &Value) -> Value {
    let counts = body["dataTypes"]["ec2-subnets"].as_object().unwrap_or_else(|| panic!("they are kept warm: {body}"));
    counts.iter().filter(|(_, count)| **count != 0).map(|(name, count)| (name.clone(), count.clone())).collect()
}
