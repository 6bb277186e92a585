//! Runs of the warmer over a store of its own and a scripted AWS, on a clock that passes at once.

mod budgets;
mod failures;
mod kept_keys;
mod outcomes;

use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Directives, Origin};
use larder_sources::data_type;

use super::{TypeReport, Warmer, WarmingReport};
use crate::configuration::Configuration;
use crate::test_app::{OWN, TestApp, TokioClock};
use crate::{Principal, Question, Reply};

const SUBNETS: &str = "ec2-subnets";
const EVERY: Duration = Duration::from_mins(5);

struct World {
    test: TestApp,
    warmer: Warmer,
}

impl World {
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// Without jitter: times are exact.
    fn with(change: impl Fn(&mut Configuration)) -> Self {
        let change = |configuration: &mut Configuration| {
            configuration.cache.settings.ttl_jitter = 0.0;
            change(configuration);
        };
        let mut configuration = Configuration::default();
        change(&mut configuration);
        let test = TestApp::with(change);
        let warmer = Warmer::new(test.app.clone(), &configuration, Arc::new(TokioClock::new()));
        Self { test, warmer }
    }

    async fn ask(&self, name: &str, region: &str) -> Origin {
        let question =
            Question { data_type: data_type(name).expect("a row"), region: Some(region), account: Some(OWN) };
        let asked = self.test.app.queries().ask(&Principal::local(), &question, &Directives::default()).await;
        match asked.expect("answered") {
            Reply::One(answer) => answer.origin,
            Reply::Regional(_) => panic!("one region was asked for"),
        }
    }

    /// Has an entry filled and, by a second request, used.
    async fn use_(&self, name: &str, regions: &[&str]) {
        for region in regions {
            self.ask(name, region).await;
            assert_eq!(self.ask(name, region).await, Origin::Memory);
        }
        settle().await;
    }

    async fn run(&self) -> WarmingReport {
        self.run_within(Duration::from_mins(4)).await
    }

    async fn run_within(&self, within: Duration) -> WarmingReport {
        let report = self.warmer.run(within).await;
        settle().await;
        report
    }

    /// How often AWS was asked.
    fn asked(&self) -> usize {
        self.test.aws.asked()
    }
}

/// Lets what runs behind the answers come to its end.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

async fn pass(minutes: u64) {
    tokio::time::sleep(Duration::from_mins(minutes)).await;
}

fn subnets(report: &WarmingReport) -> &TypeReport {
    &report.data_types[SUBNETS]
}
