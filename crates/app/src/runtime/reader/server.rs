use larder_runtime::Month;
use larder_sources::{AccountId, Region};

use super::real_time::RealTime;
use super::{RuntimeReader, is_recent, not_known, unavailable_to};
use crate::Principal;
use crate::problem::{Code, Problem, quoted};
use crate::runtime::{KeptAnswer, Place, TableError};

/// Which server's minutes of which month are asked for.
#[derive(Clone, Debug)]
pub struct AskedServer<'a> {
    /// Such as `i-0123456789abcdef0`.
    pub id: &'a str,
    /// The current one where none is named.
    pub month: Option<Month>,
    /// Whose it is, if that is known: then only that account is asked for one of which nothing is kept.
    pub account: Option<AccountId>,
    /// Where it is, if that is known.
    pub region: Option<Region>,
}

impl RuntimeReader {
    /// The minutes of one server: the answer that is kept, else one that is worked out at once, whose timestamp is `None`.
    ///
    /// # Errors
    /// [`Code::InvalidInstanceId`], [`Code::InvalidMonth`], [`Code::UnknownServer`] also for one of an account that the
    /// caller may not see, [`Code::RuntimeNotKnown`], [`Code::RuntimeNotReady`] where it could not be worked out within 20
    /// seconds, and [`Code::StoreUnavailable`].
    pub async fn server(&self, principal: &Principal, asked: &AskedServer<'_>) -> Result<KeptAnswer, Problem> {
        self.in_time(self.server_of(principal, asked)).await
    }

    async fn server_of(&self, principal: &Principal, asked: &AskedServer<'_>) -> Result<KeptAnswer, Problem> {
        check_id(asked.id)?;
        let month = self.month(asked.month)?;
        asked.account.iter().try_for_each(|account| principal.check_account(account))?;
        principal.check_some_account()?;
        let kept = self.kept(asked.id, month).await.map_err(unavailable_to(principal))?;
        if kept.as_ref().is_some_and(|kept| !may_see(principal, kept)) {
            return Err(unknown(asked.id));
        }
        let place = kept.as_ref().and_then(place_of);
        let is_wanted = |kept: &KeptAnswer| {
            let is_of_month = kept.answer.month == month && kept.answer.minutes.is_some();
            // A month that is over is told by an answer that has all of it.
            let is_whole = kept.answer.window_to == month.span().to || self.is_forgotten(month);
            let is_recent = || is_recent(kept, self.parts.now(), self.greatest_age);
            is_of_month && if month < self.current_month() { is_whole } else { is_recent() }
        };
        match kept {
            Some(kept) if is_wanted(&kept) => Ok(kept),
            _ if self.is_forgotten(month) => Err(not_known(month)),
            _ => RealTime { reader: self, principal, asked, month }.work_out(place).await,
        }
    }

    /// Of the current month what stands beside the server, which may be of an earlier one; else what the ledger has.
    async fn kept(&self, id: &str, month: Month) -> Result<Option<KeptAnswer>, TableError> {
        if month < self.current_month()
            && let Some(kept) = self.parts.ledger.month(id, month).await?
        {
            return Ok(Some(kept.kept));
        }
        self.parts.servers.get(id).await
    }
}

/// Whether the answer is of an account that the caller may see.
pub(super) fn may_see(principal: &Principal, kept: &KeptAnswer) -> bool {
    principal.may_see_all() || account_of(kept).is_some_and(|account| principal.may_see(&account))
}

fn account_of(kept: &KeptAnswer) -> Option<AccountId> {
    AccountId::parse(kept.answer.server.account_id.as_ref()?)
}

fn place_of(kept: &KeptAnswer) -> Option<Place> {
    Some(Place { account: account_of(kept)?, region: Region::parse(kept.answer.server.region.as_ref()?)? })
}

/// Whether it is the id of an instance.
///
/// # Errors
/// [`Code::InvalidInstanceId`].
pub(super) fn check_id(id: &str) -> Result<(), Problem> {
    let digits = id.strip_prefix("i-").unwrap_or_default();
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if [8, 17].contains(&digits.len()) && digits.bytes().all(is_hex) {
        return Ok(());
    }
    let detail = format!("{} is no id of an instance, such as i-0123456789abcdef0.", quoted(id));
    Err(Problem::new(Code::InvalidInstanceId, detail))
}

pub(super) fn unknown(id: &str) -> Problem {
    let detail = format!(
        "There is no instance {id} in the accounts and regions that you may see. One that was terminated over an hour ago is \
         only known if it had the app tag."
    );
    Problem::new(Code::UnknownServer, detail).with("instanceId", id)
}
