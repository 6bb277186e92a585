use std::collections::{BTreeSet, HashMap};

use larder_sources::AccountId;

use crate::problem::{Code, Problem};

const READ: &str = "larder/read";
const ADMIN: &str = "larder/admin";
const ADMINS: &str = "larder-admins";
const EVERY_ACCOUNT: &str = "acct-all";
const ONE_ACCOUNT: &str = "acct-";
/// A longer name is cut, in characters.
const LONGEST_NAME: usize = 128;

/// Who asks, and what they may do. Without one on it, a request gets nothing but the public routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// For the record of what they changed.
    name: String,
    may_read: bool,
    /// The accounts whose entries they may invalidate; absent for who is no administrator.
    administers: Option<Accounts>,
    accounts: Accounts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Accounts {
    All,
    These(BTreeSet<AccountId>),
}

impl Principal {
    /// The person at this machine, who may do everything: they hold the AWS credentials themselves.
    #[must_use]
    pub fn local() -> Self {
        Self::named("this machine")
    }

    /// A program of ours, which may do everything: `schedule`, `larder sync`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), may_read: true, administers: Some(Accounts::All), accounts: Accounts::All }
    }

    /// Who an access token is about, by its verified claims and the scopes that the authorizer found in it.
    ///
    /// An HTTP API hands a claim that is a list over as the text `[a b]`, and takes scopes from `scp` too, as Entra and Okta
    /// name them. Anything but an access token is nobody.
    #[must_use]
    pub fn from_claims(claims: &HashMap<String, String>, scopes: &[String]) -> Option<Self> {
        let claim = |name: &str| claims.get(name).map(String::as_str).unwrap_or_default();
        if claim("token_use") != "access" {
            return None;
        }
        let groups: BTreeSet<&str> = list(claim("cognito:groups")).collect();
        let scopes: BTreeSet<&str> = scopes
            .iter()
            .map(String::as_str)
            .chain(["scope", "scp"].into_iter().flat_map(|name| list(claim(name))))
            .collect();
        let accounts = Accounts::of(&groups);
        // Only a program's token, which has its client as subject, is an administrator by scope alone. Where no group
        // names its accounts it may invalidate all, which tells nothing of them.
        let is_program =
            !claims.contains_key("username") && !claim("sub").is_empty() && claim("sub") == claim("client_id");
        let administers = if !scopes.contains(ADMIN) {
            None
        } else if is_program && accounts.are_none() {
            Some(Accounts::All)
        } else {
            (is_program || groups.contains(ADMINS)).then(|| accounts.clone())
        };
        let name = ["username", "client_id", "sub"].map(claim).into_iter().find(|name| !name.is_empty());
        let name = name.unwrap_or("somebody").chars().filter(|it| !it.is_control()).take(LONGEST_NAME).collect();
        Some(Self { name, may_read: scopes.contains(READ) || administers.is_some(), administers, accounts })
    }

    /// What they are called in the record of what they changed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The accounts that they may see; `None` for all.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`] for a token of no account.
    pub fn accounts_seen(&self) -> Result<Option<Vec<AccountId>>, Problem> {
        self.check_some_account()?;
        Ok(match &self.accounts {
            Accounts::All => None,
            Accounts::These(accounts) => Some(accounts.iter().cloned().collect()),
        })
    }

    /// Whether they may ask.
    ///
    /// # Errors
    /// [`Code::Forbidden`], saying what is missing.
    pub fn check_read(&self) -> Result<(), Problem> {
        if self.may_read { Ok(()) } else { Err(forbidden("This needs a token with the scope larder/read.")) }
    }

    /// Whether they may change things.
    ///
    /// # Errors
    /// [`Code::Forbidden`], saying what is missing.
    pub fn check_administer(&self) -> Result<(), Problem> {
        if self.administers.is_some() {
            return Ok(());
        }
        Err(forbidden("This needs a token with the scope larder/admin and, for a person, the group larder-admins."))
    }

    /// Whether they may see that account.
    #[must_use]
    pub fn may_see(&self, account: &AccountId) -> bool {
        self.accounts.contain(account)
    }

    /// Whether they may see every account.
    #[must_use]
    pub fn may_see_all(&self) -> bool {
        self.accounts == Accounts::All
    }

    /// Whether they may see that account.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`], naming it.
    pub fn check_account(&self, account: &AccountId) -> Result<(), Problem> {
        if self.may_see(account) { Ok(()) } else { Err(forbidden_account(account)) }
    }

    /// Whether they may see Larder's own account, for a question that names none.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`], which does not tell the account: nobody named it.
    pub fn check_own_account(&self, own: &AccountId) -> Result<(), Problem> {
        if self.may_see(own) {
            return Ok(());
        }
        let detail = "No account is named, and that of Larder's AWS credentials is none of yours; name an accountId.";
        Err(Problem::new(Code::ForbiddenAccount, detail))
    }

    /// Whether they may see any account at all.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`] for a token of no account.
    pub fn check_some_account(&self) -> Result<(), Problem> {
        if self.accounts.are_none() {
            let detail = "This needs a token of a group acct-<12 digits> or acct-all.";
            return Err(Problem::new(Code::ForbiddenAccount, detail));
        }
        Ok(())
    }

    /// Whether they may invalidate entries of that account, or of every account at once where none is named.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for who is no administrator, [`Code::ForbiddenAccount`], saying what would do.
    pub fn check_invalidate(&self, account: Option<&AccountId>) -> Result<(), Problem> {
        self.check_administer()?;
        match (&self.administers, account) {
            (Some(Accounts::All), _) => Ok(()),
            (Some(accounts), Some(account)) if accounts.contain(account) => Ok(()),
            (_, Some(account)) => Err(forbidden_account(account)),
            (_, None) => {
                let detail = "All accounts at once need the group acct-all; name an accountId to act on one.";
                Err(Problem::new(Code::ForbiddenAccount, detail))
            }
        }
    }
}

impl Accounts {
    fn of(groups: &BTreeSet<&str>) -> Self {
        if groups.contains(EVERY_ACCOUNT) {
            return Self::All;
        }
        let ids = groups.iter().filter_map(|group| group.strip_prefix(ONE_ACCOUNT));
        Self::These(ids.filter_map(AccountId::parse).collect())
    }

    fn are_none(&self) -> bool {
        matches!(self, Self::These(accounts) if accounts.is_empty())
    }

    fn contain(&self, account: &AccountId) -> bool {
        match self {
            Self::All => true,
            Self::These(accounts) => accounts.contains(account),
        }
    }
}

/// The items of a claim: `[a b]` or `a b`.
fn list(claim: &str) -> impl Iterator<Item = &str> {
    let inner = claim.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(claim);
    inner.split(' ').filter(|item| !item.is_empty())
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(Code::Forbidden, detail)
}

fn forbidden_account(account: &AccountId) -> Problem {
    let detail = format!("Account {account} needs the group acct-{account} or acct-all.");
    Problem::new(Code::ForbiddenAccount, detail).with("accountId", account.as_str())
}

#[cfg(test)]
mod tests;
