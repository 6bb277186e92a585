//! An account and region of fakes, in which running minutes are worked out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
use larder_runtime::Second;
use larder_sources::{
    AccountId, AskedServers, FailureKind, FetchError, Lookup, LookupBy, RecordedEvent, Region, Server,
};

use super::{
    CalculationReport, CalculationRequest, Failure, Item, Items, Ledger, Place, Places, RuntimeCalculator,
    RuntimeParts, ServersInItems, TableError, Upstream,
};
use crate::problem::Code;

pub(in crate::runtime) const HOUR: i64 = 3_600;

/// A clock that only tests move.
#[derive(Debug, Default)]
pub(in crate::runtime) struct Clock {
    wall: AtomicU64,
    monotonic_ms: AtomicU64,
}

impl Clock {
    pub(in crate::runtime) fn set(&self, now: &str) {
        let now = second(now).unix();
        self.wall.store(u64::try_from(now).expect("after 1970"), Ordering::SeqCst);
    }
}

impl Clock {
    /// Time that passes for who measures it.
    pub(in crate::runtime) fn pass(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).expect("not for ever");
        self.monotonic_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Environment for Clock {
    fn now(&self) -> Moment {
        let monotonic = Duration::from_millis(self.monotonic_ms.load(Ordering::SeqCst));
        Moment { wall: Duration::from_secs(self.wall.load(Ordering::SeqCst)), monotonic }
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn spawn(&self, _: BoxFuture<'static, ()>) {}

    fn random(&self) -> u64 {
        4
    }
}

/// A table that is out of reach after so many writes: so it is for who is killed then.
#[derive(Debug)]
pub(in crate::runtime) struct FakedItems {
    pub(in crate::runtime) items: Mutex<BTreeMap<(String, String), Item>>,
    pub(in crate::runtime) writes_left: AtomicI64,
}

impl FakedItems {
    fn write(&self, change: impl FnOnce(&mut BTreeMap<(String, String), Item>) -> bool) -> Result<bool, TableError> {
        if self.writes_left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(TableError { table: "a faked table".to_owned(), reason: "killed".to_owned() });
        }
        Ok(change(&mut self.items.lock().expect("not poisoned")))
    }
}

#[async_trait]
impl Items for FakedItems {
    async fn get(&self, hash: &str, range: &str) -> Result<Option<Item>, TableError> {
        Ok(self.between(hash, range, range).await?.pop())
    }

    async fn between(&self, hash: &str, from: &str, to: &str) -> Result<Vec<Item>, TableError> {
        let (from, to) = ((hash.to_owned(), from.to_owned()), (hash.to_owned(), to.to_owned()));
        Ok(self.items.lock().expect("not poisoned").range(from..=to).map(|(_, item)| item.clone()).collect())
    }

    async fn first_between(&self, hash: &str, (from, to): (&str, &str), most: usize) -> Result<Vec<Item>, TableError> {
        Ok(self.between(hash, from, to).await?.into_iter().take(most).collect())
    }

    /// One after the other: whoever is killed may have written some.
    async fn put(&self, items: Vec<Item>) -> Result<(), TableError> {
        for item in items {
            self.write(|all| all.insert((item.hash.clone(), item.range.clone()), item).is_none())?;
        }
        Ok(())
    }

    async fn replace(&self, item: Item, version: Option<u64>) -> Result<bool, TableError> {
        let key = (item.hash.clone(), item.range.clone());
        self.write(|all| {
            let fits = all.get(&key).map(|item| item.version) == version;
            if fits {
                all.insert(key, item);
            }
            fits
        })
    }

    async fn remove(&self, hash: &str, range: &str) -> Result<(), TableError> {
        self.write(|all| all.remove(&(hash.to_owned(), range.to_owned())).is_some()).map(drop)
    }
}

/// When a server was launched, and then stopped and started by turns.
pub(in crate::runtime) type Lives = BTreeMap<&'static str, Vec<&'static str>>;

/// An account and region whose servers have lives.
#[derive(Debug, Default)]
pub(in crate::runtime) struct FakedAws {
    pub(in crate::runtime) clock: Arc<Clock>,
    pub(in crate::runtime) lives: Mutex<Lives>,
    /// Events that CloudTrail does not tell yet.
    pub(in crate::runtime) late: Mutex<BTreeSet<&'static str>>,
    pub(in crate::runtime) untagged: Mutex<BTreeSet<&'static str>>,
    pub(in crate::runtime) is_throttled: AtomicBool,
    pub(in crate::runtime) describes_nothing: AtomicBool,
    /// Events of that time are cut off.
    pub(in crate::runtime) cut_off: Mutex<BTreeSet<&'static str>>,
    /// Which accounts there are can't be told.
    pub(in crate::runtime) is_lost: AtomicBool,
    /// Lookups are never answered.
    pub(in crate::runtime) hangs: AtomicBool,
    pub(in crate::runtime) lookups: AtomicUsize,
    /// How long a lookup takes.
    pub(in crate::runtime) lookup_takes_ms: AtomicU64,
}

impl FakedAws {
    fn server(&self, id: &str, now: Second) -> Option<Server> {
        let lives = self.lives.lock().expect("not poisoned");
        let turns: Vec<_> = lives[id].iter().map(|time| second(time)).filter(|time| *time <= now).collect();
        let created = *turns.first()?;
        let (runs, last) = (turns.len() % 2 == 1, turns.len() - 1);
        Some(Server {
            id: id.to_owned(),
            name: None,
            tags: BTreeMap::new(),
            state: if runs { "running" } else { "stopped" }.to_owned(),
            launched: Some(turns[if runs { last } else { last - 1 }].unix()),
            ended: (!runs).then(|| turns[last].unix()),
            created: Some(created.unix()),
            hibernates: false,
        })
    }

    fn servers(&self, is_asked: impl Fn(&str) -> bool) -> Vec<Server> {
        let now = i64::try_from(self.clock.now().wall.as_secs()).expect("before the end of time");
        let ids: Vec<_> = self.lives.lock().expect("not poisoned").keys().copied().collect();
        ids.into_iter().filter(|id| is_asked(id)).filter_map(|id| self.server(id, Second::of_unix(now))).collect()
    }
}

#[async_trait]
impl Upstream for FakedAws {
    async fn places(&self) -> Places {
        if self.is_lost.load(Ordering::SeqCst) {
            let failure = Failure::new(Code::AwsCredentials, "nobody is logged in");
            return Places { known: BTreeSet::new(), failed: vec![(None, failure)] };
        }
        Places { known: [place()].into(), failed: Vec::new() }
    }

    async fn events(&self, lookup: &Lookup, _: Duration) -> Result<Vec<RecordedEvent>, FetchError> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        self.clock.monotonic_ms.fetch_add(self.lookup_takes_ms.load(Ordering::SeqCst), Ordering::SeqCst);
        if self.is_throttled.load(Ordering::SeqCst) {
            return Err(FetchError::new(FailureKind::Throttled, "cloudtrail:LookupEvents", "Rate exceeded"));
        }
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let is_asked = |id: &str, name: &str| match &lookup.by {
            LookupBy::Name(asked) => asked.as_str() == name,
            LookupBy::Resource(asked) => asked == id,
        };
        let mut events = Vec::new();
        for (id, turns) in &*self.lives.lock().expect("not poisoned") {
            for (index, time) in turns.iter().enumerate() {
                let is_late = self.late.lock().expect("not poisoned").contains(time);
                let at = second(time).unix();
                let (name, before) = match index {
                    0 => ("RunInstances", "pending"),
                    index if index % 2 == 1 => ("StopInstances", "running"),
                    _ => ("StartInstances", "stopped"),
                };
                if is_asked(id, name) && !is_late && (lookup.slice.from..lookup.slice.to).contains(&at) {
                    let mut json = event(id, name, time, before);
                    if self.cut_off.lock().expect("not poisoned").contains(time) {
                        json["responseElements"] = serde_json::json!({"omitted": true, "originalSize": 262_145});
                    }
                    events.push(RecordedEvent { id: format!("{id}-{time}"), json: json.to_string() });
                }
            }
        }
        Ok(events)
    }

    async fn tagged(&self, _: &Place) -> Result<Vec<Server>, FetchError> {
        if self.describes_nothing.load(Ordering::SeqCst) {
            return Err(FetchError::new(FailureKind::AccessDenied, "ec2:DescribeInstances", "not allowed"));
        }
        let untagged = self.untagged.lock().expect("not poisoned").clone();
        Ok(self.servers(|id| !untagged.contains(id)))
    }

    async fn by_id(&self, _: &Place, ids: BTreeSet<String>) -> Result<AskedServers, FetchError> {
        let known = self.servers(|id| ids.contains(id));
        let told: BTreeSet<_> = known.iter().map(|server| server.id.clone()).collect();
        Ok(AskedServers { gone: &ids - &told, known, malformed: BTreeSet::new() })
    }
}

fn event(id: &str, name: &str, time: &str, before: &str) -> serde_json::Value {
    serde_json::json!({
        "eventID": format!("{id}-{time}"), "eventName": name, "eventTime": time, "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333", "errorCode": null,
        "responseElements": {"instancesSet": {"items": [{"instanceId": id, "previousState": {"name": before}}]}},
    })
}

pub(in crate::runtime) fn second(text: &str) -> Second {
    text.parse().expect("ISO 8601")
}

pub(in crate::runtime) fn place() -> Place {
    Place {
        account: AccountId::parse("111122223333").expect("12 digits"),
        region: Region::parse("us-east-1").expect("a region"),
    }
}

/// A calculator among fakes.
pub(in crate::runtime) struct World {
    pub(in crate::runtime) aws: Arc<FakedAws>,
    pub(in crate::runtime) items: Arc<FakedItems>,
    pub(in crate::runtime) calculator: RuntimeCalculator,
}

impl World {
    pub(in crate::runtime) fn new(lives: &[(&'static str, &[&'static str])]) -> Self {
        let lives = lives.iter().map(|(id, turns)| (*id, turns.to_vec())).collect();
        let aws = Arc::new(FakedAws { lives: Mutex::new(lives), ..FakedAws::default() });
        let items = Arc::new(FakedItems { items: Mutex::default(), writes_left: AtomicI64::new(i64::MAX) });
        let servers = Arc::new(ServersInItems::new(items.clone()));
        let calculator = RuntimeCalculator::new(RuntimeParts {
            upstream: aws.clone(),
            ledger: Ledger::new(items.clone()),
            servers,
            environment: aws.clock.clone(),
        });
        Self { aws, items, calculator }
    }

    pub(in crate::runtime) async fn run_at(&self, now: &str) -> CalculationReport {
        self.run_within(now, Duration::from_secs(840)).await
    }

    pub(in crate::runtime) async fn run_within(&self, now: &str, within: Duration) -> CalculationReport {
        self.aws.clock.set(now);
        self.calculator.run(&CalculationRequest::default(), within).await
    }

    /// Month, minutes, quality.
    pub(in crate::runtime) async fn kept(&self, id: &str) -> (String, Option<f64>, larder_runtime::Quality) {
        let kept = self.calculator.0.servers.get(id).await.expect("it is read").expect("it was worked out");
        (kept.answer.month.to_string(), kept.answer.minutes, kept.answer.quality)
    }

    /// All that is kept, but how often it was written.
    pub(in crate::runtime) fn state(&self) -> BTreeMap<(String, String), String> {
        let items = self.items.items.lock().expect("not poisoned");
        items.iter().map(|(key, item)| (key.clone(), item.body.clone())).collect()
    }
}
