use std::collections::BTreeMap;

use futures::future::try_join_all;
use larder_runtime::Month;
use larder_sources::{AccountId, Region};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::server::check_id;
use super::{PlaceProgress, RuntimeReader, not_known, unavailable_to};
use crate::Principal;
use crate::problem::{Code, Problem};
use crate::runtime::{KeptAnswer, Place, TableError};

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

fn nothing_yet() -> Problem {
    let detail = "No server's minutes were worked out yet where you look. The function runtime-calculator does it every \
                  hour, and larder serve from its start on.";
    Problem::new(Code::RuntimeNotReady, detail)
}
