use std::collections::BTreeMap;

use larder_cache::Directives;
use larder_sources::{AccountId, DRS_ACCOUNTS};
use serde::Deserialize;

use crate::outage::is_outage;
use crate::problem::{Code, Problem};
use crate::queries::{account_of_text, data_type_of_text};
use crate::{App, Principal, Question, Reply};

/// An account, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenAccount {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    accounts: Vec<ListedAccount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedAccount {
    account_id: String,
    name: Option<String>,
}

impl App {
    /// The accounts of that text, with commas between them; without one all that the caller may see. By id, each once.
    /// Who can't be listed now is found in the history.
    ///
    /// # Errors
    /// A [`Problem`] for text that names none, an account that the caller may not see, and accounts that can't be listed.
    pub(crate) async fn accounts_seen(
        &self,
        principal: &Principal,
        named: Option<&str>,
        directives: &Directives,
    ) -> Result<Vec<SeenAccount>, Problem> {
        principal.check_some_account()?;
        let named = named.map(|text| named_accounts(principal, text)).transpose()?;
        let listed = match self.listed(principal, directives).await {
            Ok(listed) => listed,
            // Their names are not worth the answer.
            Err(_) if named.is_some() => BTreeMap::new(),
            Err(problem) if is_outage(problem.code()) => self.remembered(principal).await.ok_or(problem)?,
            Err(problem) => return Err(problem),
        };
        let name_of = |id: &AccountId| listed.get(id).cloned().flatten();
        let ids = named.unwrap_or_else(|| listed.keys().cloned().collect());
        Ok(ids.into_iter().map(|id| SeenAccount { name: name_of(&id), id }).collect())
    }

    async fn listed(
        &self,
        principal: &Principal,
        directives: &Directives,
    ) -> Result<BTreeMap<AccountId, Option<String>>, Problem> {
        let question = Question { data_type: data_type_of_text(DRS_ACCOUNTS)?, region: None, account: None };
        let Reply::One(answer) = self.queries().ask(principal, &question, directives).await? else {
            return Err(Problem::new(Code::Internal, "The accounts were told by region."));
        };
        let listed: Listed = serde_json::from_slice(&answer.value)
            .map_err(|error| Problem::new(Code::Internal, format!("The accounts can't be read: {error}.")))?;
        let listed = listed.accounts.into_iter();
        Ok(listed.filter_map(|it| Some((AccountId::parse(&it.account_id)?, it.name))).collect())
    }

    /// The accounts of which the history knows; `None` where it knows of none, or can't be asked.
    async fn remembered(&self, principal: &Principal) -> Option<BTreeMap<AccountId, Option<String>>> {
        let history = self.history();
        let opened = history.opened().await.ok()?;
        let synced = history.told(opened.synced_accounts()).await.ok()?;
        let registered = history.told(opened.accounts()).await.ok()?;
        let synced = synced.into_iter().map(|id| (id, None));
        let named = registered.into_iter().map(|account| (account.id, account.name));
        let known = synced.chain(named).filter_map(|(id, name)| Some((AccountId::parse(&id)?, name)));
        let known: BTreeMap<_, _> = known.filter(|(id, _)| principal.may_see(id)).collect();
        Some(known).filter(|known| !known.is_empty())
    }
}

/// The accounts of that text, by id, each once.
///
/// # Errors
/// [`Code::ForbiddenAccount`] and [`Code::InvalidAccount`].
pub(crate) fn named_accounts(principal: &Principal, text: &str) -> Result<Vec<AccountId>, Problem> {
    let mut accounts = text.split(',').map(|id| account_of_text(id.trim())).collect::<Result<Vec<_>, _>>()?;
    accounts.sort();
    accounts.dedup();
    accounts.iter().try_for_each(|account| principal.check_account(account))?;
    Ok(accounts)
}
