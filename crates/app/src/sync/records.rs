use jiff::Timestamp;
use larder_history::{SyncRecord, SyncRecords, Which};
use serde::Serialize;
use utoipa::ToSchema;

use super::name_of;
use crate::accounts_seen::named_accounts;
use crate::problem::{Code, Problem};
use crate::{App, Principal};

/// Which records of syncs.
#[derive(Clone, Copy, Debug)]
pub struct AskedRecords<'a> {
    /// Accounts with commas between them; all that the caller may see where absent.
    pub accounts: Option<&'a str>,
    /// All of them, or those that failed.
    pub which: Which,
    /// At most so many.
    pub limit: u32,
}

/// The records of syncs, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Records {
    /// Of accounts that the caller may see.
    pub syncs: Vec<Record>,
}

/// What became of one account, region and kind in a sync.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// 12 digits.
    pub account_id: String,
    /// Null for costs, and where the account's regions could not be told.
    pub region: Option<String>,
    /// `instances`, `snapshots`, `amis` or `costs`.
    pub what: &'static str,
    /// When AWS was first asked.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Who wanted it.
    pub by: String,
    /// How many were told; null where it failed, as the next ones.
    pub seen: Option<u64>,
    /// How many were not kept before.
    pub added: Option<u64>,
    /// How many were different.
    pub changed: Option<u64>,
    /// How many were no more.
    pub gone: Option<u64>,
    /// Whether a newer sync was there before, so that nothing of this one was kept.
    pub superseded: bool,
    /// Why it failed, if it did.
    pub code: Option<String>,
    /// The same for people.
    pub error: Option<String>,
}

impl App {
    /// The records of syncs of the accounts that the caller may see.
    ///
    /// # Errors
    /// A [`Problem`] if they may see none of them, or if the history can't be asked.
    pub async fn records(&self, principal: &Principal, asked: &AskedRecords<'_>) -> Result<Records, Problem> {
        principal.check_read()?;
        let accounts = accounts_of(principal, asked.accounts)?;
        let history = self.history();
        let opened = history.opened().await?;
        let (which, limit) = (asked.which, asked.limit);
        let records = SyncRecords { accounts, which, limit, ..SyncRecords::default() };
        let records = history.told(opened.syncs(&records)).await?;
        Ok(Records { syncs: records.into_iter().map(|record| Record::of(principal, record)).collect() })
    }
}

/// The accounts that a question to the history is about: none where it is about all, which only they can ask who may see
/// all.
///
/// # Errors
/// As naming and seeing accounts has them.
pub(crate) fn accounts_of(principal: &Principal, named: Option<&str>) -> Result<Vec<String>, Problem> {
    let seen = principal.accounts_seen()?;
    let named = named.map(|text| named_accounts(principal, text)).transpose()?;
    let accounts = named.or(seen).unwrap_or_default();
    Ok(accounts.iter().map(ToString::to_string).collect())
}

impl Record {
    /// AWS's words name users and roles, so they are only for who may see every account.
    fn of(principal: &Principal, record: SyncRecord) -> Self {
        let SyncRecord { account, region, what, as_of, by, result } = record;
        let (kept, failed) = match result {
            Ok(kept) => (Some(kept), None),
            Err(failed) => (None, Some(failed)),
        };
        let (code, words) = failed.unzip();
        let title = code.as_deref().and_then(|name| Code::ALL.iter().find(|code| code.name() == name));
        let error = match title {
            Some(code) if !principal.may_see_all() => Some(format!("{}; the log of Larder says more.", code.title())),
            _ => words.filter(|_| principal.may_see_all() || title.is_some()),
        };
        Self {
            account_id: account,
            region,
            what: name_of(what),
            as_of,
            by,
            seen: kept.map(|kept| kept.seen),
            added: kept.map(|kept| kept.added),
            changed: kept.map(|kept| kept.changed),
            gone: kept.map(|kept| kept.gone),
            superseded: kept.is_some_and(|kept| kept.superseded),
            code,
            error,
        }
    }
}
