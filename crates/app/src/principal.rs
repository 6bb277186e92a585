use std::collections::{BTreeSet, HashMap};

use larder_sources::AccountId;

use crate::problem::{Code, Problem};

const READ: &str = "larder/read";
const ADMIN: &str = "larder/admin";
const ADMINS: &str = "larder-admins";
const EVERY_ACCOUNT: &str = "acct-all";
const ONE_ACCOUNT: &str = "acct-";

/// Who asks, and what they may do. Without one on it, a request gets nothing but the public routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    may_read: bool,
    may_administer: bool,
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
        Self { may_read: true, may_administer: true, accounts: Accounts::All }
    }

    /// Who an access token is about, by its verified claims and the scopes that the authorizer found in it.
    ///
    /// An HTTP API hands a claim that is a list over as the text `[a b]`. Anything but an access token is nobody.
    #[must_use]
    pub fn from_claims(claims: &HashMap<String, String>, scopes: &[String]) -> Option<Self> {
        let claim = |name: &str| claims.get(name).map(String::as_str).unwrap_or_default();
        if claim("token_use") != "access" {
            return None;
        }
        let groups: BTreeSet<&str> = list(claim("cognito:groups")).collect();
        let scopes: BTreeSet<&str> = scopes.iter().map(String::as_str).chain(list(claim("scope"))).collect();
        // Only a program's token, which has its client as subject, is an administrator by scope alone.
        let is_program =
            !claims.contains_key("username") && !claim("sub").is_empty() && claim("sub") == claim("client_id");
        let may_administer = scopes.contains(ADMIN) && (is_program || groups.contains(ADMINS));
        Some(Self {
            may_read: scopes.contains(READ) || may_administer,
            may_administer,
            accounts: Accounts::of(&groups),
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
        if self.may_administer {
            return Ok(());
        }
        Err(forbidden("This needs a token with the scope larder/admin and, for a person, the group larder-admins."))
    }

    /// Whether they may see that account.
    #[must_use]
    pub fn may_see(&self, account: &AccountId) -> bool {
        match &self.accounts {
            Accounts::All => true,
            Accounts::These(accounts) => accounts.contains(account),
        }
    }

    /// Whether they may see that account.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`], naming it.
    pub fn check_account(&self, account: &AccountId) -> Result<(), Problem> {
        if self.may_see(account) {
            return Ok(());
        }
        let detail = format!("Account {account} needs the group acct-{account} or acct-all.");
        Err(Problem::new(Code::ForbiddenAccount, detail).with("accountId", account.as_str()))
    }

    /// Whether they may see any account at all.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`] for a token of no account.
    pub fn check_some_account(&self) -> Result<(), Problem> {
        match &self.accounts {
            Accounts::These(accounts) if accounts.is_empty() => {
                let detail = "This needs a token of a group acct-<12 digits> or acct-all.";
                Err(Problem::new(Code::ForbiddenAccount, detail))
            }
            _ => Ok(()),
        }
    }

    /// Whether they may act on every account at once.
    ///
    /// # Errors
    /// [`Code::ForbiddenAccount`], saying what would do.
    pub fn check_every_account(&self) -> Result<(), Problem> {
        if self.accounts == Accounts::All {
            return Ok(());
        }
        let detail = "All accounts at once need the group acct-all; name an accountId to act on one.";
        Err(Problem::new(Code::ForbiddenAccount, detail))
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
}

/// The items of a claim: `[a b]` or `a b`.
fn list(claim: &str) -> impl Iterator<Item = &str> {
    let inner = claim.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(claim);
    inner.split([' ', ',']).filter(|item| !item.is_empty())
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(Code::Forbidden, detail)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn token(claims: &[(&str, &str)]) -> Option<Principal> {
        let claims = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Principal::from_claims(&claims, &[])
    }

    #[rstest]
    #[case::no_access_token(&[("token_use", "id"), ("scope", "larder/read")], None)]
    #[case::no_use(&[("scope", "larder/read")], None)]
    #[case::reader(&[("token_use", "access"), ("scope", "openid larder/read"), ("username", "ann")], Some((true, false)))]
    #[case::no_scope(&[("token_use", "access"), ("username", "ann")], Some((false, false)))]
    #[case::person_without_group(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("sub", "1"), ("client_id", "1")], Some((false, false)))]
    #[case::person_in_group(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("cognito:groups", "[x larder-admins]")], Some((true, true)))]
    #[case::group_without_scope(&[("token_use", "access"), ("scope", "larder/read"), ("username", "ann"), ("cognito:groups", "[larder-admins]")], Some((true, false)))]
    #[case::group_of_like_name(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("cognito:groups", "[not-larder-admins]")], Some((false, false)))]
    #[case::program(&[("token_use", "access"), ("scope", "larder/admin"), ("sub", "app"), ("client_id", "app")], Some((true, true)))]
    #[case::program_without_subject(&[("token_use", "access"), ("scope", "larder/admin")], Some((false, false)))]
    fn rights_come_from_scope_and_group(#[case] claims: &[(&str, &str)], #[case] rights: Option<(bool, bool)>) {
        let rights_of = |principal: Principal| (principal.check_read().is_ok(), principal.check_administer().is_ok());
        assert_eq!(token(claims).map(rights_of), rights);
    }

    #[rstest]
    #[case("", &[])]
    #[case("[acct-111122223333]", &["111122223333"])]
    #[case("[acct-111122223333 acct-444455556666 admins]", &["111122223333", "444455556666"])]
    #[case("[acct-11112222333 acct-]", &[])]
    #[case("[acct-all]", &["111122223333", "444455556666"])]
    #[case("[acct-all-of-them]", &[])]
    fn accounts_come_from_groups(#[case] groups: &str, #[case] visible: &[&str]) {
        let principal = token(&[("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", groups)]);
        let principal = principal.expect("an access token");
        for id in ["111122223333", "444455556666"] {
            let account = AccountId::parse(id).expect("12 digits");
            assert_eq!(principal.check_account(&account).is_ok(), visible.contains(&id), "{id}");
        }
        assert_eq!(principal.check_some_account().is_ok(), !visible.is_empty());
        assert_eq!(principal.check_every_account().is_ok(), groups == "[acct-all]");
    }
}
