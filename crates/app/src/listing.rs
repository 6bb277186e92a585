use std::pin::pin;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::{Either, select};
use jiff::Timestamp;
use larder_cache::store::{Listed, Position};
use larder_cache::{Cache, Directives, Environment, Epoch};
use larder_sources::{AccountId, DATA_TYPES, DataType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Principal;
use crate::problem::{Code, Problem, of_store_error};

/// The fewest entries that are read at once for a caller who may not see all of them: most may be someone else's.
const FEWEST_READ: usize = 100;
/// The most, which as many rounds without a visible entry come to.
const MOST_READ: usize = 1_000;

/// Lists what the store holds.
pub struct Entries {
    cache: Cache,
    environment: Arc<dyn Environment>,
}

/// A page of what the store holds.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntriesPage {
    /// The entries that the caller may see, by data type and then by age. May lag behind writes.
    pub entries: Vec<Entry>,
    /// What to send as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What a listing tells of an entry.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The key, as `larder cache inspect` takes it.
    pub key: String,
    /// The data type.
    pub data_type: String,
    /// The region, or null where the data type has none.
    pub region: Option<String>,
    /// The account, or `global` where the answer is the same for all.
    pub account_id: String,
    /// When its fetch began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it stops being fresh.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was first served, if it was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
    /// Bytes of the answer before compression.
    pub size: u64,
    /// Whether an invalidation killed it, so that nothing is answered from it any more; null where a listing of this
    /// store doesn't tell, and `larder cache inspect` does.
    #[serde(default)]
    pub dead: Option<bool>,
}

/// The rows of the table that a page is still to be filled from, and where in the first of them.
struct Place {
    rows: &'static [DataType],
    after: Option<Position>,
}

impl Entries {
    pub(crate) fn new(cache: Cache, environment: Arc<dyn Environment>) -> Self {
        Self { cache, environment }
    }

    /// At most `limit` entries that `principal` may see, of one data type or of all in the table's order. A page that
    /// the deadline of a request cuts short has fewer, and a cursor.
    ///
    /// # Errors
    /// [`Code::InvalidCursor`] for a cursor that no page gave, [`Code::StoreUnavailable`] if the store can't be asked,
    /// [`Code::Deadline`] if it showed nothing that the caller may see in time.
    pub async fn page(
        &self,
        principal: &Principal,
        data_type: Option<&DataType>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<EntriesPage, Problem> {
        principal.check_read()?;
        let place = Place::of(data_type, cursor)?;
        let limit = limit.max(1);
        let deadline = Directives::default().deadline;
        let mut listed = Vec::new();
        let cut = {
            let reading = pin!(self.read(principal, place, limit, &mut listed));
            match select(reading, self.environment.sleep(deadline)).await {
                Either::Left((read, _)) => {
                    read?;
                    false
                }
                Either::Right(((), _)) => true,
            }
        };
        if cut && listed.is_empty() {
            let advice = if data_type.is_none() { "; name a dataType" } else { "" };
            let detail = format!("No entry was found within {} ms{advice}.", deadline.as_millis());
            return Err(Problem::new(Code::Deadline, detail));
        }
        let more = cut || listed.len() > limit;
        listed.truncate(limit);
        let next_cursor = listed.last().filter(|_| more).map(cursor_behind);
        Ok(EntriesPage { entries: self.judged(listed).await?, next_cursor })
    }

    /// Tells the dead by one look at the epoch, which is not taken where no listed entry has a fence to hold against it.
    async fn judged(&self, listed: Vec<Listed>) -> Result<Vec<Entry>, Problem> {
        let epoch = if listed.iter().any(|entry| entry.fenced.is_some()) {
            self.cache.epoch().await.map_err(|error| {
                tracing::warn!(%error, "the epoch could not be read for a listing");
                of_store_error(&error)
            })?
        } else {
            None
        };
        Ok(listed.into_iter().map(|listed| Entry::of(listed, epoch.as_ref())).collect())
    }

    /// Reads until `listed` has one entry more than `limit`, which tells that there is another page, or to the end.
    /// The future may be dropped at any await.
    async fn read(
        &self,
        principal: &Principal,
        mut place: Place,
        limit: usize,
        listed: &mut Vec<Listed>,
    ) -> Result<(), Problem> {
        let mut fewest = if principal.may_see_all() { 1 } else { FEWEST_READ };
        while let Some((row, rows)) = place.rows.split_first() {
            let wanted = (limit + 1).saturating_sub(listed.len()).max(fewest);
            let found = self.cache.entries(row.name, place.after.as_ref(), wanted).await.map_err(|error| {
                tracing::warn!(data_type = row.name, %error, "the store's entries could not be listed");
                of_store_error(&error)
            })?;
            listed
                .extend(found.entries.into_iter().filter(|entry| is_of(row, &entry.key) && visible(principal, entry)));
            if listed.len() > limit {
                return Ok(());
            }
            if !principal.may_see_all() {
                fewest = (2 * fewest).min(MOST_READ);
            }
            place = Place { rows: if found.next.is_some() { place.rows } else { rows }, after: found.next };
        }
        Ok(())
    }
}

impl Place {
    /// The beginning, or where the page that gave the cursor ended.
    fn of(data_type: Option<&DataType>, cursor: Option<&str>) -> Result<Self, Problem> {
        let rows = match data_type.and_then(row_of) {
            Some(row) => &DATA_TYPES[row..=row],
            None => DATA_TYPES,
        };
        let Some(cursor) = cursor else { return Ok(Self { rows, after: None }) };
        Self::behind(rows, cursor).ok_or_else(|| {
            Problem::new(Code::InvalidCursor, "The cursor is not one that an earlier page gave for this request.")
        })
    }

    /// Reads what [`cursor_behind`] wrote: nothing else may reach the store.
    fn behind(rows: &'static [DataType], cursor: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let after = Position::parse(&text)?;
        let first = rows.iter().position(|row| is_of(row, after.key()))?;
        Some(Self { rows: &rows[first..], after: Some(after) })
    }
}

/// The cursor of the page after that entry, which the caller has seen: a cursor can be read by whoever holds it, so it
/// names no other.
fn cursor_behind(entry: &Listed) -> String {
    URL_SAFE_NO_PAD.encode(entry.position().to_string())
}

fn row_of(data_type: &DataType) -> Option<usize> {
    DATA_TYPES.iter().position(|row| row.name == data_type.name)
}

fn is_of(row: &DataType, key: &str) -> bool {
    key.split('#').next() == Some(row.name)
}

/// An answer that is the same for every account is nobody's secret.
fn visible(principal: &Principal, entry: &Listed) -> bool {
    AccountId::parse(&entry.account_id).is_none_or(|account| principal.may_see(&account))
}

impl Entry {
    fn of(listed: Listed, epoch: Option<&Epoch>) -> Self {
        Self {
            dead: listed.is_dead(epoch),
            region: listed.region().map(str::to_owned),
            key: listed.key,
            data_type: listed.data_type,
            account_id: listed.account_id,
            created_at: timestamp(listed.created_at),
            expires_at: timestamp(listed.expires_at),
            used_at: listed.used_at.map(timestamp),
            size: listed.size,
        }
    }
}

/// A moment that a store gives, whatever nonsense it may hold.
fn timestamp(millis: u64) -> Timestamp {
    i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
