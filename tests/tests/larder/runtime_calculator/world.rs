//! The function, what it asks, and what it writes to.

use std::time::Duration;

use jiff::Timestamp;
use larder_app::Second;
use larder_app::runtime::KeptAnswer;
use larder_standin::{Config, Handle, LookupRate, ServerCounts};
use larder_tests::{DynamoDbLocal, FakedClock, Program, RuntimeEmulator};
use serde_json::{Value, json};

use super::deadlines::Deadlines;
use super::tables::Tables;
use crate::cloud::{Cloud, FIRST, SECOND};
use crate::door::borrowed;
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};

/// A day and some minutes into a month: the month before is final, and little is to be read.
const BEGINNING: &str = "2025-11-02T00:10:00Z";
/// What the emulator allows a run: more than any is told that it has.
const TIMEOUT_S: &str = "600";
/// What a run has for events, in seconds, is three quarters of what it is told: the first is to read all there are at once.
const FIRST_RUN: i64 = 400;
const HOURLY_RUN: i64 = 24;
/// For so many seconds nothing happens to a server while the function's clock stands still, and the stand-in's goes on.
const QUIET: i64 = 15 * 60;
/// How often the SDK tries.
const ATTEMPTS: u64 = 3;
/// Runs until the work is done: a slow machine leaves some to the next.
const MOST_RUNS: usize = 9;

pub(super) struct World {
    pub(super) cloud: Cloud,
    pub(super) tables: Tables,
    function: RuntimeEmulator,
    dynamodb: FaultyDynamoDb,
    deadlines: Deadlines,
    clock: FakedClock,
}

impl World {
    /// A function that was not invoked yet, with tables of its own, in two accounts that have so many servers.
    pub(super) async fn start(name: &str, servers: ServerCounts) -> Self {
        let now = Some(BEGINNING.parse().expect("ISO 8601"));
        let config = Config { now, servers, lookup_rate: LookupRate::TwoPerSecond, ..Config::default() };
        let cloud = Cloud::with(config).await;
        let tables = Tables::create(name, &[FIRST, SECOND].map(|number| cloud.account(number))).await;
        let dynamodb = FaultyDynamoDb::before(DynamoDbLocal::shared().await.endpoint_url()).await;
        let (clock, deadlines) = (FakedClock::new().expect("a folder"), Deadlines::start().await);
        let more = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()),
            ("LARDER_APP_TAG", "App=larder-demo"),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", TIMEOUT_S),
        ];
        let mut env = cloud.env(FIRST, &[&more[..], &tables.env()].concat());
        env.extend(clock.env());
        let binary = Program::path("runtime-calculator").expect("it is built");
        let function = RuntimeEmulator::start_under(&deadlines.wrapper(), &binary, &borrowed(&env)).await;
        let function = function.expect("the emulator starts");
        let world = Self { cloud, tables, function, dynamodb, deadlines, clock };
        world.set_clocks(0);
        world
    }

    /// Sets the clocks so many hours after the beginning, or a little more: from then on nothing happens for a while. Only
    /// the stand-in's goes on from there.
    pub(super) fn set_clocks(&self, hours: i64) {
        let earliest = BEGINNING.parse::<Second>().expect("ISO 8601").plus(hours * 3_600);
        let quiet = (0..).map(|minute| earliest.plus(minute * 60)).find(|from| is_quiet(&self.cloud.standin, *from));
        let now = quiet.expect("there is no end of minutes");
        let ahead = timestamp(now).duration_since(self.cloud.standin.now());
        self.cloud.standin.advance_clock(Duration::try_from(ahead).unwrap_or_default());
        self.clock.stop_at(now.unix()).expect("it is set");
        let within = if hours == 0 { FIRST_RUN } else { HOURLY_RUN };
        self.deadlines.set(now.unix() + within);
    }

    /// Invokes the function until it has done all that it can, and gives the last answer's body.
    pub(super) async fn run_to_the_end(&self) -> Value {
        for _ in 0..MOST_RUNS {
            let answer = self.invoke().await;
            assert_eq!(answer["statusCode"], 200, "{answer}\n{:#?}", self.function.log());
            let body: Value = serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON");
            if body["unfinished"].is_null() && body["remaining"] == 0 {
                return body;
            }
        }
        panic!("it has work left after {MOST_RUNS} runs:\n{:#?}", self.function.log())
    }

    /// Ends the function where it waits for work: no credentials that it has outlive this.
    pub(super) async fn end_idle_process(&self) {
        self.function.signal("KILL").expect("it runs");
        // The emulator finds it dead, and starts it at the invocation after this.
        let answer = self.invoke().await;
        assert_ne!(answer["statusCode"], 200, "{answer}");
    }

    /// Invokes the function and kills it over the call of DynamoDB that follows on so many; says whether there was one.
    pub(super) async fn is_killed_after(&self, calls: u64) -> bool {
        self.dynamodb.fault_after(calls, StoreFault::Held);
        let held =
            larder_tests::wait_until("a call is held", async || Ok((self.dynamodb.happened() > 0).then_some(())));
        let invoked = self.invoke();
        tokio::pin!(invoked);
        let is_held = tokio::select! {
            answer = &mut invoked => {
                assert_eq!(answer["statusCode"], 200, "{answer}");
                false
            }
            held = held => {
                held.expect("it works on or is done");
                self.function.signal("KILL").expect("it runs");
                let answer = invoked.await;
                assert_ne!(answer["statusCode"], 200, "it waited for DynamoDB: {answer}");
                true
            }
        };
        self.dynamodb.recover();
        is_held
    }

    /// Invokes the function once. Its first operation of DynamoDB, which reads the accounts table, is refused each time that
    /// it is tried.
    pub(super) async fn run_without_accounts(&self) -> Value {
        self.dynamodb.fault_for(ATTEMPTS, StoreFault::Failed);
        let answer = self.invoke().await;
        assert_eq!((self.dynamodb.happened(), self.dynamodb.called("Scan")), (ATTEMPTS, ATTEMPTS));
        self.dynamodb.recover();
        serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON")
    }

    /// That the answer is the truth, but for what its endpoints spent pending or stopping.
    pub(super) fn is_true(&self, KeptAnswer { answer, .. }: &KeptAnswer) {
        let [from, to] = [answer.window_from, answer.window_to].map(timestamp);
        let life = self.cloud.standin.lives().find(&answer.server.instance_id).expect("it lives");
        let truth = life.running_seconds(&(from..to)) as f64 / 60.0;
        let tolerance = f64::from(answer.approximate_endpoints) * 3.0 + 0.01;
        let minutes = answer.minutes.expect("it is known");
        assert!((minutes - truth).abs() <= tolerance, "{truth} {answer:?}");
    }

    /// That no account was ever asked more than twice in a second for events of a region.
    pub(super) fn was_asked_in_turn(&self) {
        let most = self.cloud.standin.most_calls_in_a_second();
        let lookups: Vec<_> =
            most.iter().filter(|(call, _)| call.operation == "cloudtrail:LookupEvents").map(|(_, most)| most).collect();
        assert!(!lookups.is_empty() && lookups.iter().all(|most| **most <= 2), "{most:?}");
    }

    async fn invoke(&self) -> Value {
        self.function.invoke(&json!({})).await.expect("an answer")
    }
}

fn is_quiet(standin: &Handle, from: Second) -> bool {
    let span = timestamp(from)..timestamp(from.plus(QUIET));
    standin.lives().during(&span).iter().all(|life| {
        let times = life.transitions.iter().map(|transition| transition.time).chain(life.gone);
        times.into_iter().all(|time| !span.contains(&time))
    })
}

fn timestamp(second: Second) -> Timestamp {
    Timestamp::from_second(second.unix()).expect("no later than 9999")
}
