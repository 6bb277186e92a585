use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use larder_standin::{CallTags, Config, Latency};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::cloud::{Cloud, FIRST, SECOND, table};
use crate::door::{Door, Reply};
use crate::faulty_dynamodb::FaultyDynamoDb;
use crate::promises::{Asked, Exchange, Invalidated, Promises};
use crate::stopwatch::Stopwatch;
use crate::storm::Storm;

const FUNCTIONS: usize = 8;
const LOAD: Duration = Duration::from_secs(30);
/// Which functions are killed, and when.
const KILLED: [(usize, Duration); 2] = [(0, Duration::from_secs(5)), (5, Duration::from_secs(15))];
/// Which one is frozen, when and for how long.
const FROZEN: (usize, Duration, Duration) = (3, Duration::from_secs(8), Duration::from_secs(10));
/// Between two requests to a function, in milliseconds: two cores have more to do than this.
const PAUSE: std::ops::Range<u64> = 10..80;

/// What requests and the storm are made from; `LARDER_STORM_SEED` names another.
const SEED: u64 = 4;

const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];
const DATA_TYPES: [(&str, &str, &str); 3] = [
    ("ec2-subnets", "ec2:DescribeSubnets", "subnets"),
    ("ec2-security-groups", "ec2:DescribeSecurityGroups", "securityGroups"),
    ("drs-source-servers", "drs:DescribeSourceServers", "sourceServers"),
];
/// As the functions are set up but for the window: some answers grow stale, and an outage of the store is soon over.
const SETTINGS: [(&str, &str); 3] =
    [("LARDER_TTL_EC2_SECURITY_GROUPS_S", "3"), ("LARDER_STORE_TIMEOUT_MS", "1500"), ("LARDER_BREAKER_OPEN_MS", "500")];

/// One of the functions, and what is known of it.
struct Function {
    door: Door,
    account: String,
    window: Duration,
    /// How often it got a signal. What it was doing then may fail.
    struck: AtomicU64,
}

struct Fleet {
    clock: Stopwatch,
    cloud: Cloud,
    dynamodb: FaultyDynamoDb,
    functions: Vec<Function>,
    promises: Mutex<Promises>,
    violations: Mutex<Vec<String>>,
    /// How many answers came from where.
    answered: Mutex<BTreeMap<String, u64>>,
}

impl Fleet {
    /// Half of the functions are the first account's and half the second's; every other one is strict, and the others
    /// have the default window.
    async fn start() -> Self {
        let config = Config { latency: Latency::Realistic, call_tags: CallTags::Present, ..Config::default() };
        let (cloud, (table, endpoint)) = (Cloud::with(config).await, table().await);
        let dynamodb = FaultyDynamoDb::before(endpoint).await;
        let functions = (0..FUNCTIONS).map(async |number| {
            let owner = if number < FUNCTIONS / 2 { FIRST } else { SECOND };
            let (account, window) = (cloud.account(owner).id().to_string(), if number % 2 == 0 { 0 } else { 2_000 });
            let ours = [
                ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()),
                ("CACHE_TABLE_NAME", &table),
                ("LARDER_ACCOUNT_ID", &account),
                ("LARDER_COHERENCE_WINDOW_MS", &window.to_string()),
            ];
            let door = Door::function(&cloud.env(owner, &[&ours[..], &SETTINGS].concat())).await;
            Function { door, account, window: Duration::from_millis(window), struck: AtomicU64::new(0) }
        });
        let functions = join_all(functions).await;
        let clock = Stopwatch::start();
        let (promises, violations, answered) = (Mutex::default(), Mutex::default(), Mutex::default());
        let fleet = Self { clock, cloud, dynamodb, functions, promises, violations, answered };
        join_all(fleet.functions.iter().map(|function| fleet.learn(function))).await;
        fleet
    }

    /// Every answer once, while nothing is wrong.
    async fn learn(&self, function: &Function) {
        for number in 0..DATA_TYPES.len() * REGIONS.len() {
            let exchange = self.ask(function, nth(number, function), &[]).await.expect("nothing is wrong");
            lock(&self.promises).learn(&exchange).expect("it is whole");
        }
    }

    async fn ask(
        &self,
        function: &Function,
        asked: Asked,
        headers: &[(&str, &str)],
    ) -> Result<Exchange, Option<Reply>> {
        let (requests_before, sent) = (self.cloud.standin.requests(), self.clock.now());
        let row = larder_app::DATA_TYPES.iter().find(|row| row.name == asked.data_type).expect("a data type");
        let path = format!("{}?region={}", row.path, asked.region);
        let reply = function.door.try_send("GET", &path, headers, None).await;
        let answered = {
            // Under the lock, so that no count is behind a higher one.
            let mut promises = lock(&self.promises);
            let (requests, now) = (self.cloud.standin.requests(), self.clock.now());
            promises.counted(requests, now);
            now
        };
        match reply {
            Some(reply) if reply.status == 200 => {
                Ok(Exchange { asked, window: function.window, sent, answered, requests_before, reply })
            }
            failed => Err(failed),
        }
    }

    /// Invalidates something at random. One that fails may have taken effect or not.
    async fn invalidate(&self, function: &Function, random: &mut StdRng) {
        let mut some = |of: usize| random.random_bool(0.5).then(|| random.random_range(0..of));
        let data_type = some(DATA_TYPES.len()).map(|number| DATA_TYPES[number].0);
        let region = some(REGIONS.len()).map(|number| REGIONS[number]);
        let account = some(2).map(|number| self.cloud.account(number).id().to_string());
        let given = [("dataType", data_type), ("region", region), ("accountId", account.as_deref())];
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        let body = serde_json::Value::Object(given.collect()).to_string();
        let requests_before = self.cloud.standin.requests();
        let headers = [("content-type", "application/json")];
        let reply = function.door.try_send("POST", "/cache/invalidate", &headers, Some(&body)).await;
        let acknowledged = self.clock.now();
        if reply.is_some_and(|reply| reply.status == 200) {
            let invalidated = Invalidated { data_type, region, account, requests_before, acknowledged };
            lock(&self.promises).invalidated(invalidated);
        }
    }

    /// Asks and invalidates at random until the time is over; how many answers have come since the last signal.
    ///
    /// A function that is killed when it has just answered is found dead by the next question: one that began after a
    /// signal may fail too.
    async fn load(&self, function: &Function, mut random: StdRng, until: Duration) -> u64 {
        let (mut since, mut known) = (0, 0);
        while self.clock.now() < until {
            if random.random_bool(0.05) {
                self.invalidate(function, &mut random).await;
            } else {
                let asked = nth(random.random_range(0..DATA_TYPES.len() * REGIONS.len()), function);
                let forced = [("cache-control", "no-cache")];
                let headers = if random.random_bool(0.05) { &forced[..] } else { &[] };
                let before = function.struck.load(Ordering::SeqCst);
                let answered = self.ask(function, asked, headers).await;
                let strikes = function.struck.load(Ordering::SeqCst) - known;
                since = if strikes == 0 { since + 1 } else { 0 };
                self.judge(answered, strikes);
                known = before;
            }
            tokio::time::sleep(Duration::from_millis(random.random_range(PAUSE))).await;
        }
        since
    }

    /// Upstream answers everybody, so a request fails only with its function, which got so many signals.
    fn judge(&self, answered: Result<Exchange, Option<Reply>>, strikes: u64) {
        let violation = match answered {
            Ok(exchange) => {
                let from = exchange.reply.cache_status().split("detail=").nth(1).unwrap_or("nowhere").to_owned();
                *lock(&self.answered).entry(from).or_default() += 1;
                lock(&self.promises).check(&exchange).err()
            }
            Err(_) if strikes > 0 => None,
            Err(failed) => Some(format!("a query failed that upstream would have answered: {failed:?}")),
        };
        lock(&self.violations).extend(violation);
    }

    async fn strike(&self, number: usize, signal: &str, at: Duration) {
        tokio::time::sleep(at.saturating_sub(self.clock.now())).await;
        let function = &self.functions[number];
        function.struck.fetch_add(1, Ordering::SeqCst);
        function.door.signal(signal);
    }
}

/// One of the questions that a function is asked.
fn nth(number: usize, function: &Function) -> Asked {
    let (data_type, action, member) = DATA_TYPES[number % DATA_TYPES.len()];
    let (region, account) = (REGIONS[number / DATA_TYPES.len()], function.account.clone());
    Asked { data_type, action, member, region, account }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads and invalidations at random, through a storm, with two functions killed and one frozen and thawed.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_its_functions_and_its_store() {
    let seed = std::env::var("LARDER_STORM_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let fleet = Fleet::start().await;
    fleet.dynamodb.storm(Storm::of(seed));
    let began = fleet.clock.now();
    let loads =
        fleet.functions.iter().zip(1..).map(|(function, number)| {
            fleet.load(function, StdRng::seed_from_u64(seed.wrapping_add(number)), began + LOAD)
        });
    let kills = KILLED.map(|(number, after)| fleet.strike(number, "KILL", began + after));
    let (frozen, after, long) = FROZEN;
    let freeze = async {
        fleet.strike(frozen, "STOP", began + after).await;
        fleet.strike(frozen, "CONT", began + after + long).await;
    };
    let (since, _, ()) = tokio::join!(join_all(loads), join_all(kills), freeze);

    let violations = lock(&fleet.violations);
    let replay = format!("LARDER_STORM_SEED={seed} makes the same requests and the same storm");
    assert!(violations.is_empty(), "{} violations; {replay}:\n{}", violations.len(), violations.join("\n"));
    assert!(since.iter().all(|answers| *answers > 0), "each is well in the end: {since:?}; {replay}");
    let answered = lock(&fleet.answered);
    let seen = ["memory", "store", "upstream"].iter().all(|from| answered.contains_key(*from));
    let (acknowledged, faults) = (lock(&fleet.promises).acknowledged(), fleet.dynamodb.happened());
    assert!(seen && acknowledged > 9 && faults > 9, "{answered:?}, {acknowledged}, {faults} faults; {replay}");
}
