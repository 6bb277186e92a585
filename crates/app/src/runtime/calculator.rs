use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use futures::future::join_all;
use larder_runtime::Month;
use larder_sources::KEPT_FOR;

use super::deadline::Deadline;
use super::of_place::OfPlace;
use super::report::{Failed, PlaceReport};
use super::{CalculationReport, CalculationRequest, Failure, Place, Places, RuntimeParts};
use crate::problem::Code;

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
    /// is gone on with sooner. `told` is told of each time.
    pub async fn keep_up(&self, within: Duration, told: impl Fn(&CalculationReport)) -> Infallible {
        let mut after_failure = SOON;
        loop {
            let report = self.run(&CalculationRequest::default(), within).await;
            told(&report);
            let CalculationReport { total_servers, processed, errors, remaining, .. } = report;
            tracing::info!(total_servers, processed, errors, remaining, "running minutes were worked out");
            let is_left = remaining > 0 || !report.unfinished.is_empty();
            // What fails may fail for days.
            after_failure = if errors > 0 { (after_failure * 2).min(HOUR) } else { SOON };
            let pause = match (errors > 0, is_left) {
                (true, _) => after_failure,
                (false, true) => SOON,
                (false, false) => HOUR,
            };
            self.0.environment.sleep(pause).await;
        }
    }

    /// Works out what is asked for, in all accounts and regions side by side. After `within`, what is left is left to the
    /// next run.
    pub async fn run(&self, request: &CalculationRequest, within: Duration) -> CalculationReport {
        let deadline = Deadline::after(within, self.0.environment.clone());
        let mut report = CalculationReport::default();
        if let Some(failure) = request.month.and_then(|month| self.why_not(month)) {
            report.fail(Failed::of_nobody(failure));
            return report;
        }
        let places = self.0.upstream.places().await;
        for (place, of_place) in self.untold(request, &places, &deadline).await {
            report.add(&place, of_place);
        }
        for (account_id, failure) in places.failed {
            report.fail(Failed { account_id, ..Failed::of_nobody(failure) });
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
            let words = "there is no such server with the app tag where it was looked for";
            let failure = Failure::new(Code::UnknownServer, words);
            report.fail(Failed { instance_ids: unknown, ..Failed::of_nobody(failure) });
        }
        for Failed { account_id, region, reason, instance_ids, code: _ } in &report.failed {
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

    /// What is known of a place that can't be asked now is not up to date.
    async fn untold(
        &self,
        request: &CalculationRequest,
        places: &Places,
        deadline: &Deadline,
    ) -> Vec<(Place, PlaceReport)> {
        let Self(parts) = self;
        let mut untold = Vec::new();
        if places.failed.is_empty() {
            return untold;
        }
        let known = match parts.ledger.places().await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(%error, "answers that are not up to date do not say so");
                return untold;
            }
        };
        for place in known.into_iter().filter(|place| request.wants(place) && !places.known.contains(place)) {
            let concerns =
                |whose: &Option<String>| whose.as_deref().is_none_or(|whose| whose == place.account.as_str());
            let Some((_, failure)) = places.failed.iter().find(|(whose, _)| concerns(whose)) else { continue };
            let of_place = OfPlace { parts, place: &place, request, deadline: deadline.clone() };
            let report = of_place.give_up(failure.clone()).await;
            untold.push((place, report));
        }
        untold
    }

    /// Why nothing can be worked out of a month.
    fn why_not(&self, month: Month) -> Option<Failure> {
        if month > self.current_month() {
            return Some(Failure::new(Code::InvalidMonth, format!("the month {month} has not begun")));
        }
        let is_forgotten = month.span().to <= self.0.now().plus(-KEPT_FOR);
        let words = || format!("the minutes of {month} can't be known any more: CloudTrail keeps events for 90 days");
        is_forgotten.then(|| Failure::new(Code::RuntimeNotKnown, words()))
    }
}

#[cfg(test)]
mod tests;
