use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, select};
use larder_cache::Environment;
use larder_sources::DATA_TYPES;

use super::of_type::OfType;
use super::period::Period;
use super::report::WarmingReport;
use super::unwarmed::why_unwarmed;
use crate::App;
use crate::configuration::{Configuration, WarmConfiguration};

/// A store too slow for that is not waited for: leases run out by themselves.
const GIVE_BACK_WITHIN: Duration = Duration::from_secs(1);

/// Fetches what is used before it expires. Cloning is a reference count and a few names.
#[derive(Clone)]
pub struct Warmer {
    app: App,
    environment: Arc<dyn Environment>,
    configuration: WarmConfiguration,
    side_by_side: usize,
    /// Why data types are not kept warm, those that aren't.
    not_warmed: BTreeMap<&'static str, String>,
}

impl Warmer {
    /// A warmer over the app's cache. A key that is to be kept warm, of a data type that isn't, is said in the log.
    #[must_use]
    pub fn new(app: App, configuration: &Configuration, environment: Arc<dyn Environment>) -> Self {
        let every = configuration.warm.every;
        let not_warmed = DATA_TYPES.iter().filter_map(|row| {
            let why = why_unwarmed(row, configuration.policy(row).ttl, every)?;
            Some((row.name, why))
        });
        let not_warmed: BTreeMap<_, _> = not_warmed.collect();
        for key in &configuration.warm.keys {
            if let Some(why) = not_warmed.get(key.data_type()) {
                tracing::warn!(%key, data_type = key.data_type(), why, "a key is not kept warm");
            }
        }
        let (configuration, side_by_side) = (configuration.warm.clone(), configuration.region_concurrency);
        Self { app, environment, configuration, side_by_side, not_warmed }
    }

    /// One run, over by then or when the next begins. What failed stands in the report.
    pub async fn run(&self, within: Duration) -> WarmingReport {
        if let Some(reason) = &self.app.store().reason {
            return WarmingReport::nothing(format!("Nothing is cached, so nothing was warmed: {reason}"));
        }
        let WarmConfiguration { every, fetches_per_minute, keys } = &self.configuration;
        let now = self.environment.now();
        let warmed = DATA_TYPES.iter().filter(|row| !self.not_warmed.contains_key(row.name));
        let runs = warmed.map(|row| async move {
            let of_type = OfType {
                app: &self.app,
                environment: &self.environment,
                data_type: row.name,
                keys: keys.iter().filter(|key| key.data_type() == row.name).collect(),
                period: Period::around(now.unix_millis(), *every),
                fetches_per_minute: *fetches_per_minute,
                side_by_side: self.side_by_side,
                until: now.monotonic + within.min(*every),
            };
            (row.name, of_type.run().await)
        });
        let mut report = WarmingReport::completed(self.not_warmed.clone());
        for (data_type, (of_type, failed)) in join_all(runs).await {
            report.data_types.insert(data_type, of_type);
            report.failed.extend(failed);
        }
        // Nothing of this process may run after the answer.
        select(pin!(self.app.cache().give_back_leases()), self.environment.sleep(GIVE_BACK_WITHIN)).await;
        tell(&report);
        report
    }
}

fn tell(report: &WarmingReport) {
    let total = report.total();
    tracing::info!(
        refreshed = total.refreshed,
        already_fresh = total.already_fresh,
        dead = total.dead,
        over_budget = total.over_budget,
        out_of_time = total.out_of_time,
        failed = total.failed,
        after_failure = total.after_failure,
        not_rebuilt = total.not_rebuilt,
        saved = total.saved,
        wasted = total.wasted,
        "the cache was warmed"
    );
}
