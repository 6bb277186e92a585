use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select, try_join_all};
use larder_runtime::{Month, Second};
use larder_sources::KEPT_FOR;

use super::{KeptAnswer, Place, RuntimeParts, TableError};
use crate::Principal;
use crate::problem::{Code, Problem, quoted};

mod place_progress;
mod real_time;
mod remembered;
mod server;
mod servers;

pub use place_progress::PlaceProgress;
use remembered::Remembered;
pub use server::AskedServer;
pub use servers::{AskedServers, MonthOfServers};

/// By when every route answers.
const DEADLINE: Duration = Duration::from_secs(25);

/// Tells how long servers ran: what is kept, else what can be worked out at once, else why not.
#[derive(Clone, Debug)]
pub struct RuntimeReader {
    parts: RuntimeParts,
    /// An answer counts whatever its age where there is none.
    greatest_age: Option<Duration>,
    remembered: Arc<Remembered>,
}

impl RuntimeReader {
    /// A reader of these parts, for which an answer counts whatever its age, or up to that age. Nothing is asked yet.
    #[must_use]
    pub fn new(parts: RuntimeParts, greatest_age: Option<Duration>) -> Self {
        Self { parts, greatest_age, remembered: Arc::default() }
    }

    /// How far the events of a month were read, in the accounts that the caller may see; those accounts and regions where
    /// all were are left out.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn progress(&self, principal: &Principal, month: Month) -> Result<Vec<PlaceProgress>, TableError> {
        let mut places = self.parts.ledger.places().await?;
        places.retain(|place| principal.may_see(&place.account));
        self.progress_of(principal, &places, month).await
    }

    /// The current month.
    #[must_use]
    pub fn current_month(&self) -> Month {
        Month::of(self.parts.now())
    }

    /// Every route answers by its deadline, whatever hangs.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        match select(pin!(answer), self.parts.environment.sleep(DEADLINE)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                let detail = format!("Running minutes were not read within {} s.", DEADLINE.as_secs());
                Err(Problem::new(Code::Deadline, detail))
            }
        }
    }

    async fn progress_of(
        &self,
        principal: &Principal,
        places: &[Place],
        month: Month,
    ) -> Result<Vec<PlaceProgress>, TableError> {
        let now = self.parts.now();
        let of_place = |place| async move {
            let progress = self.parts.ledger.progress(place).await?;
            Ok(PlaceProgress::of(place, &progress, month, now).map(|told| told.readable_by(principal)))
        };
        Ok(try_join_all(places.iter().map(of_place)).await?.into_iter().flatten().collect())
    }

    /// The month that is asked for, else the current one.
    fn month(&self, asked: Option<Month>) -> Result<Month, Problem> {
        let current = self.current_month();
        match asked {
            Some(month) if month > current => {
                let detail = format!("The month {month} has not begun; the current one is {current}.");
                Err(Problem::new(Code::InvalidMonth, detail))
            }
            asked => Ok(asked.unwrap_or(current)),
        }
    }

    /// Whether CloudTrail keeps nothing of a month any more.
    fn is_forgotten(&self, month: Month) -> bool {
        month.span().to <= self.parts.now().plus(-KEPT_FOR)
    }
}

/// The month that a text names.
///
/// # Errors
/// [`Code::InvalidMonth`].
pub fn month_of_text(text: &str) -> Result<Month, Problem> {
    let invalid = |error| Problem::new(Code::InvalidMonth, format!("{} is no month: {error}.", quoted(text)));
    text.parse().map_err(invalid)
}

fn not_known(month: Month) -> Problem {
    let detail = format!(
        "The minutes of {month} can't be known any more: CloudTrail keeps events for 90 days, and nothing was kept of it."
    );
    Problem::new(Code::RuntimeNotKnown, detail).with("month", month.to_string())
}

/// What a caller may read of a table that fails. AWS's words name Larder's own account and role.
fn unavailable_to(principal: &Principal) -> impl Fn(TableError) -> Problem {
    let may_read = principal.may_see_all();
    move |error| {
        tracing::error!(%error, "running minutes can't be read");
        let words = if may_read { error.to_string() } else { "the log of Larder says why".to_owned() };
        Problem::new(Code::StoreUnavailable, format!("Running minutes can't be read: {words}."))
    }
}

/// Whether an answer of that time is one of `greatest_age` at most.
fn is_recent(kept: &KeptAnswer, now: Second, greatest_age: Option<Duration>) -> bool {
    let age = |timestamp: Second| u64::try_from(now.since(timestamp)).unwrap_or_default();
    greatest_age.is_none_or(|greatest| kept.timestamp.is_some_and(|timestamp| age(timestamp) <= greatest.as_secs()))
}

#[cfg(test)]
mod tests;
