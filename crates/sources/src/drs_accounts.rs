use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::GET_CALLER_IDENTITY;
use crate::{AccountId, Aws, FetchError, ListShape, Region, RegisteredAccount, Scope, ScopeRule, Source, TtlPolicy};

/// The name of the data type that lists the accounts, and so is old when one is registered or removed.
pub const DRS_ACCOUNTS: &str = DrsAccounts::NAME;

/// The data type `drs-accounts`.
#[derive(Debug)]
pub(crate) struct DrsAccounts;

/// The accounts that Larder may ask, by `accountId`: those of the registry, and its own.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct AccountsAnswer {
    accounts: Vec<Account>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    /// The 12 digits.
    #[schema(value_type = String)]
    pub(crate) account_id: AccountId,
    /// What people call it; null where nobody said.
    pub(crate) name: Option<String>,
    /// The regions that it uses, by name; empty where nobody said.
    #[schema(value_type = Vec<String>)]
    pub(crate) regions: Vec<Region>,
}

impl Source for DrsAccounts {
    const NAME: &'static str = "drs-accounts";
    const SUMMARY: &'static str = "Accounts that may be asked, with their names and regions";
    const PATH: &'static str = "/drs/accounts";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::Account;
    /// To know the own account, which every caller may. The registry is no part of an account that is asked.
    const IAM_ACTIONS: &'static [&'static str] = &[GET_CALLER_IDENTITY];
    const LIST: Option<ListShape> = Some(ListShape { member: "accounts", id: "accountId" });
    const ACCOUNT_OF_ITEM: Option<&'static str> = Some("accountId");

    type Answer = AccountsAnswer;

    async fn fetch(aws: &Aws, _: &Scope) -> Result<AccountsAnswer, FetchError> {
        let accounts = aws.accounts().await?;
        Ok(AccountsAnswer { accounts: accounts.iter().map(account).collect() })
    }
}

fn account(registered: &RegisteredAccount) -> Account {
    Account {
        account_id: registered.id().clone(),
        name: registered.name().map(str::to_owned),
        regions: registered.regions().to_vec(),
    }
}

#[cfg(test)]
mod tests;
