use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use larder_cache::Cache;
use larder_cache::store::Listed;
use larder_sources::{AccountId, DATA_TYPES, DataType};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Principal;
use crate::problem::{Code, Problem, of_store_error};

/// How often one page may ask the store: entries that the caller may not see are passed over, and that must end.
const MOST_READS: usize = 20;

/// Lists what the store holds.
pub struct Entries {
    cache: Cache,
}

/// A page of what the store holds.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntriesPage {
    /// The entries that the caller may see, by data type and then by age. May lag behind writes.
    pub entries: Vec<Entry>,
    /// What to send as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What a listing tells of an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
}

/// Where a page begins: a data type, and a position of the store's among its entries.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    only: bool,
}

impl Entries {
    pub(crate) fn new(cache: Cache) -> Self {
        Self { cache }
    }

    /// At most `limit` entries that `principal` may see, of one data type or of all in the table's order.
    ///
    /// # Errors
    /// [`Code::InvalidCursor`] for a cursor that no page gave, [`Code::StoreUnavailable`] if the store can't be asked.
    pub async fn page(
        &self,
        principal: &Principal,
        data_type: Option<&DataType>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<EntriesPage, Problem> {
        principal.check_read()?;
        let (mut place, mut after) = start(data_type, cursor)?;
        let mut page = EntriesPage::default();
        for _ in 0..MOST_READS {
            let Some(row) = DATA_TYPES.get(place.row) else { return Ok(page) };
            let wanted = limit - page.entries.len();
            let found = self.cache.entries(row.name, after.as_deref(), wanted).await;
            let found = found.map_err(|error| of_store_error(&error))?;
            page.entries.extend(found.entries.into_iter().filter(|it| visible(principal, it)).map(Entry::from));
            after = found.next;
            if after.is_none() {
                place.row = if place.only { DATA_TYPES.len() } else { place.row + 1 };
            }
            if page.entries.len() >= limit {
                break;
            }
        }
        page.next_cursor = DATA_TYPES.get(place.row).map(|row| cursor_of(row.name, after.as_deref()));
        Ok(page)
    }
}

/// An answer that is the same for every account is nobody's secret.
fn visible(principal: &Principal, entry: &Listed) -> bool {
    AccountId::parse(&entry.account_id).is_none_or(|account| principal.may_see(&account))
}

fn cursor_of(data_type: &str, after: Option<&str>) -> String {
    URL_SAFE_NO_PAD.encode(format!("{data_type} {}", after.unwrap_or_default()))
}

fn start(data_type: Option<&DataType>, cursor: Option<&str>) -> Result<(Place, Option<String>), Problem> {
    let row_of = |name: &str| DATA_TYPES.iter().position(|row| row.name == name);
    let only = data_type.is_some();
    let first = data_type.and_then(|data_type| row_of(data_type.name)).unwrap_or_default();
    let Some(cursor) = cursor else { return Ok((Place { row: first, only }, None)) };
    let invalid =
        || Problem::new(Code::InvalidCursor, "The cursor is not one that an earlier page gave for this request.");
    let text =
        URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)?;
    let (name, after) = text.split_once(' ').ok_or_else(invalid)?;
    let row = row_of(name).filter(|row| !only || *row == first).ok_or_else(invalid)?;
    Ok((Place { row, only }, (!after.is_empty()).then(|| after.to_owned())))
}

impl From<Listed> for Entry {
    fn from(listed: Listed) -> Self {
        let region = Some(listed.region).filter(|region| !region.starts_with('-'));
        Self {
            key: listed.key,
            data_type: listed.data_type,
            region,
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
