use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select, try_join_all};
use larder_runtime::{Month, Second};
use larder_sources::{AccountId, KEPT_FOR, Region};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{KeptAnswer, Place, RuntimeParts, TableError};
use crate::Principal;
use crate::problem::{Code, Problem, quoted};

mod place_progress;
mod real_time;
mod remembered;
mod server;

pub use place_progress::PlaceProgress;
use remembered::Remembered;
pub use server::AskedServer;
use server::check_id;

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

/// Whose minutes of which month are asked for. What is left out is any, and the current month.
#[derive(Clone, Debug, Default)]
pub struct AskedServers {
    /// Such as `2025-11`.
    pub month: Option<Month>,
    /// Of these accounts only; of all where none is named.
    pub accounts: Vec<AccountId>,
    /// Of these regions only; of all where none is named.
    pub regions: Vec<Region>,
    /// Those after this one, by id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// The servers of a month, and how much of it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonthOfServers {
    /// The month.
    pub month: Month,
    /// In the order of their ids.
    pub servers: Vec<KeptAnswer>,
    /// Where the next page begins, if there is one: behind this server; over HTTP, at this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The accounts and regions whose events were not read to the end; none where all were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<PlaceProgress>,
}

impl RuntimeReader {
    /// A reader of these parts, for which an answer counts whatever its age, or up to that age. Nothing is asked yet.
    #[must_use]
    pub fn new(parts: RuntimeParts, greatest_age: Option<Duration>) -> Self {
        Self { parts, greatest_age, remembered: Arc::default() }
    }

    /// The minutes of all servers of the caller's accounts that have the app tag, as they are kept. Those of whom nothing
    /// is known yet are told as such.
    ///
    /// # Errors
    /// [`Code::InvalidMonth`], [`Code::ForbiddenAccount`], [`Code::RuntimeNotReady`] where nothing was worked out yet,
    /// [`Code::RuntimeNotKnown`] where nothing can be any more, and [`Code::StoreUnavailable`].
    pub async fn servers(&self, principal: &Principal, asked: &AskedServers) -> Result<MonthOfServers, Problem> {
        self.in_time(self.servers_of(principal, asked)).await
    }

    async fn servers_of(&self, principal: &Principal, asked: &AskedServers) -> Result<MonthOfServers, Problem> {
        let month = self.month(asked.month)?;
        if asked.after.as_ref().is_some_and(|after| check_id(after).is_err()) {
            return Err(Problem::new(Code::InvalidCursor, "The cursor is not the nextCursor of an earlier answer."));
        }
        asked.accounts.iter().try_for_each(|account| principal.check_account(account))?;
        principal.check_some_account()?;
        let mut places = self.parts.ledger.places().await.map_err(unavailable_to(principal))?;
        places.retain(|place| principal.may_see(&place.account) && asked.wants(place));
        let limit = asked.limit.unwrap_or(usize::MAX);
        let of_places = places.iter().map(|place| self.of_place(place, month, asked, limit));
        let of_places = try_join_all(of_places).await.map_err(unavailable_to(principal))?;
        let mut by_id: BTreeMap<_, _> = of_places.into_iter().flatten().collect();
        let progress = self.progress_of(principal, &places, month).await.map_err(unavailable_to(principal))?;
        if places.is_empty() && self.is_forgotten(month) {
            return Err(not_known(month));
        }
        if places.is_empty() {
            return Err(nothing_yet());
        }
        if by_id.is_empty() && asked.after.is_none() && month < self.current_month() {
            return Err(self.nothing_kept(month, &progress));
        }
        let more = by_id.keys().nth(limit).cloned();
        more.iter().for_each(|more| drop(by_id.split_off(more)));
        let next_cursor = by_id.keys().last().filter(|_| more.is_some()).cloned();
        Ok(MonthOfServers { month, servers: by_id.into_values().collect(), next_cursor, progress })
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

    /// One more than `limit` at most, so that it is known whether there are more.
    async fn of_place(
        &self,
        place: &Place,
        month: Month,
        asked: &AskedServers,
        limit: usize,
    ) -> Result<Vec<(String, KeptAnswer)>, TableError> {
        let (ledger, now) = (&self.parts.ledger, self.parts.now());
        let after = asked.after.as_deref();
        let kept = ledger.answers(place, month, after, limit.saturating_add(1)).await?;
        let mut all: BTreeMap<_, _> =
            kept.into_iter().map(|kept| (kept.answer.server.instance_id.clone(), kept)).collect();
        if month == self.current_month() {
            for id in ledger.servers(place).await? {
                if after.is_none_or(|after| *id > *after) {
                    let unknown = || KeptAnswer::unknown(place.server(&id), month, now);
                    all.entry(id.clone()).or_insert_with(unknown);
                }
            }
        }
        Ok(all.into_iter().take(limit.saturating_add(1)).collect())
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

    fn nothing_kept(&self, month: Month, progress: &[PlaceProgress]) -> Problem {
        if self.is_forgotten(month) {
            return not_known(month);
        }
        let detail = format!(
            "The minutes of {month} were not worked out. Invoke runtime-calculator with {{\"month\": \"{month}\"}}, or run larder \
             runtime --month {month}; for one server, GET /runtime/servers/ID?month={month} does it."
        );
        Problem::new(Code::RuntimeNotReady, detail).with("progress", json!(progress))
    }
}

impl AskedServers {
    fn wants(&self, place: &Place) -> bool {
        (self.accounts.is_empty() || self.accounts.contains(&place.account))
            && (self.regions.is_empty() || self.regions.contains(&place.region))
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

fn nothing_yet() -> Problem {
    let detail = "No server's minutes were worked out yet where you look. The function runtime-calculator does it every \
                  hour, and larder serve from its start on.";
    Problem::new(Code::RuntimeNotReady, detail)
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
