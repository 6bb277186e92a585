use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use futures::future::join_all;
use larder_runtime::Month;

use super::deadline::Deadline;
use super::of_place::OfPlace;
use super::report::Failed;
use super::{CalculationReport, CalculationRequest, RuntimeParts};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// After how long a run goes on with what the one before left.
const SOON: Duration = Duration::from_secs(60);

/// Works out how long each tagged server ran, and keeps it beside the server.
///
/// Every step can be done again: whoever is stopped anywhere, and runs once more, ends the same.
#[derive(Clone, Debug)]
pub struct RuntimeCalculator(pub(super) RuntimeParts);

impl RuntimeCalculator {
    /// A calculator of these parts. Nothing is asked yet.
    #[must_use]
    pub fn new(parts: RuntimeParts) -> Self {
        Self(parts)
    }

    /// The current month.
    #[must_use]
    pub fn current_month(&self) -> Month {
        Month::of(self.0.now())
    }

    /// Works everything out by the hour, for as long as this is awaited; each time within `within`. What was left or failed
    /// is gone on with sooner.
    pub async fn keep_up(&self, within: Duration) -> Infallible {
        loop {
            let report = self.run(&CalculationRequest::default(), within).await;
            let CalculationReport { total_servers, processed, errors, remaining, .. } = report;
            tracing::info!(total_servers, processed, errors, remaining, "running minutes were worked out");
            let is_left = remaining > 0 || !report.unfinished.is_empty();
            let pause = if is_left || errors > 0 { SOON } else { HOUR };
            self.0.environment.sleep(pause).await;
        }
    }

    /// Works out what is asked for, in all accounts and regions side by side. After `within`, what is left is left to the
    /// next run.
    pub async fn run(&self, request: &CalculationRequest, within: Duration) -> CalculationReport {
        let deadline = Deadline::after(within, self.0.environment.clone());
        let mut report = CalculationReport::default();
        let places = self.0.upstream.places().await;
        for (account_id, reason) in places.failed {
            report.fail(Failed { account_id, region: None, reason, instance_ids: Vec::new() });
        }
        let wanted = places.known.iter().filter(|place| request.wants(place));
        let of_places = wanted.map(|place| {
            let of_place = OfPlace { parts: &self.0, place, request, deadline: deadline.clone() };
            async move { (place, of_place.run().await) }
        });
        let mut found = BTreeSet::new();
        for (place, of_place) in join_all(of_places).await {
            found.extend(of_place.servers.iter().cloned());
            report.add(place, of_place);
        }
        let unknown: Vec<_> = request.instance_ids.difference(&found).cloned().collect();
        if !unknown.is_empty() {
            let reason = "there is no such server with the app tag where it was looked for".to_owned();
            report.fail(Failed { account_id: None, region: None, reason, instance_ids: unknown });
        }
        for Failed { account_id, region, reason, instance_ids } in &report.failed {
            tracing::warn!(
                account_id,
                region,
                reason,
                servers = instance_ids.len(),
                "running minutes could not be worked out"
            );
        }
        report
    }
}

#[cfg(test)]
mod tests;
