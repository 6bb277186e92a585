use super::*;
use crate::FailureKind;

fn account(id: &str, name: &str) -> RegisteredAccount {
    let entry = AccountEntry { account_id: id.to_owned(), name: Some(name.to_owned()), ..AccountEntry::default() };
    entry.try_into().expect("it is right")
}

fn configured(accounts: &[(&str, &str)]) -> Arc<dyn AccountRegistry> {
    let accounts = accounts.iter().map(|(id, name)| account(id, name)).collect();
    Arc::new(ConfiguredAccounts::new(accounts).expect("none is there twice"))
}

#[tokio::test]
async fn configured_accounts_are_listed_by_id() {
    let registry = configured(&[("444455556666", "b"), ("111122223333", "a")]);
    let expected = [account("111122223333", "a"), account("444455556666", "b")];
    assert_eq!(*registry.list().await.expect("a list"), expected);
    assert_eq!(ConfiguredAccounts::default().list().await.map(|list| list.len()), Ok(0));
}

#[test]
fn an_account_that_is_configured_twice_is_a_mistake() {
    let twice = ["a", "b"].map(|name| account("444455556666", name));
    let error = ConfiguredAccounts::new(twice.to_vec()).expect_err("which one counts?");
    assert_eq!(error.to_string(), "account 444455556666 is there twice");
}

#[tokio::test]
async fn of_several_registries_the_first_that_has_an_account_counts() {
    let first = configured(&[("444455556666", "first")]);
    let second = configured(&[("111122223333", "second"), ("444455556666", "second")]);
    let several = SeveralRegistries(vec![first, second]);
    let expected = [account("111122223333", "second"), account("444455556666", "first")];
    assert_eq!(*several.list().await.expect("a list"), expected);
}

#[derive(Debug)]
struct Broken;

#[async_trait]
impl AccountRegistry for Broken {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Err(FetchError::new(FailureKind::Unavailable, "dynamodb:Scan", "gone"))
    }

    async fn find(&self, _account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        Err(FetchError::new(FailureKind::Unavailable, "dynamodb:GetItem", "gone"))
    }
}

/// A list is whole or none; but who is in the first needs no other.
#[tokio::test]
async fn a_registry_that_fails_fails_those_who_need_it() {
    let several = SeveralRegistries(vec![configured(&[("444455556666", "first")]), Arc::new(Broken)]);
    assert_eq!(several.list().await.expect_err("half a list").kind, FailureKind::Unavailable);
    let [known, other] = ["444455556666", "111122223333"].map(|id| AccountId::parse(id).expect("12 digits"));
    assert_eq!(several.find(&known).await, Ok(Some(account("444455556666", "first"))));
    assert_eq!(several.find(&other).await.expect_err("nobody knows").kind, FailureKind::Unavailable);
}
