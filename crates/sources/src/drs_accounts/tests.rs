use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::scripted_aws::{ACCOUNT, identity, scope, scripted};
use crate::{
    AccountEntry, AccountId, AccountRegistry, Accounts, Aws, ConfiguredAccounts, FetchError, RegisteredAccount,
    SeveralRegistries, data_type,
};

async fn fetch(aws: &Aws) -> Value {
    let row = data_type("drs-accounts").expect("a row");
    let json = row.fetch(aws, &scope()).await.expect("an answer");
    serde_json::from_slice(&json).expect("JSON")
}

fn entry(id: &str, name: Option<&str>, regions: &[&str]) -> AccountEntry {
    AccountEntry {
        account_id: id.to_owned(),
        name: name.map(str::to_owned),
        role_arn: Some(format!("arn:aws:iam::{id}:role/larder-read")),
        regions: regions.iter().map(|region| (*region).to_owned()).collect(),
        ..AccountEntry::default()
    }
}

fn accounts(entries: Vec<AccountEntry>) -> Accounts {
    let script = scripted(|_| identity());
    let accounts = entries.into_iter().map(|entry| entry.try_into().expect("it is right"));
    let registry = ConfiguredAccounts::new(accounts.collect()).expect("none is there twice");
    Accounts::new(script.signed(), Arc::new(registry))
}

#[tokio::test]
async fn the_own_account_is_in_its_place_among_the_registered() {
    let registered =
        vec![entry("444455556666", Some("production"), &["us-west-2", "us-east-1"]), entry("000011112222", None, &[])];
    let accounts = accounts(registered);
    let expected = json!({"accounts": [
        {"accountId": "000011112222", "name": null, "regions": []},
        {"accountId": ACCOUNT, "name": null, "regions": []},
        {"accountId": "444455556666", "name": "production", "regions": ["us-east-1", "us-west-2"]},
    ]});
    assert_eq!(fetch(accounts.own()).await, expected);
    let other = AccountId::parse("444455556666").expect("12 digits");
    let other = accounts.aws_of(&other, None).await.expect("it has a role");
    assert_eq!(fetch(&other).await, expected, "whoever is asked, the list is Larder's");
}

#[tokio::test]
async fn an_own_account_that_is_registered_is_there_once_and_as_registered() {
    let accounts = accounts(vec![entry(ACCOUNT, Some("tools"), &["us-east-1"])]);
    let expected = json!({"accounts": [{"accountId": ACCOUNT, "name": "tools", "regions": ["us-east-1"]}]});
    assert_eq!(fetch(accounts.own()).await, expected);
}

#[tokio::test]
async fn without_a_registry_there_is_the_own_account() {
    let aws = scripted(|_| identity()).aws();
    assert_eq!(fetch(&aws).await, json!({"accounts": [{"accountId": ACCOUNT, "name": null, "regions": []}]}));
}

/// A registry that remembers nobody, and has one account by now.
#[derive(Debug)]
struct Forgetful(RegisteredAccount);

#[async_trait]
impl AccountRegistry for Forgetful {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(Arc::new([]))
    }

    async fn list_now(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(Arc::new([self.0.clone()]))
    }
}

/// The answer is kept for an hour, so it must not be what the registry remembers from before an invalidation.
#[tokio::test]
async fn the_accounts_are_those_that_are_registered_now() {
    let added = entry("444455556666", None, &[]).try_into().expect("it is right");
    let several = SeveralRegistries(vec![Arc::new(Forgetful(added))]);
    let accounts = Accounts::new(scripted(|_| identity()).signed(), Arc::new(several));
    let answer = fetch(accounts.own()).await;
    assert_eq!(answer["accounts"][1]["accountId"], "444455556666", "{answer}");
}
