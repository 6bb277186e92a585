use std::sync::Arc;

use serde_json::{Value, json};

use crate::scripted_aws::{ACCOUNT, identity, scope, scripted};
use crate::{AccountEntry, AccountId, Accounts, ConfiguredAccounts, Scope, data_type};

/// The answer of whoever is asked about that account.
async fn fetch(accounts: &Accounts, account: &str) -> Value {
    let row = data_type("drs-accounts").expect("a row");
    let scope = Scope { region: None, account: AccountId::parse(account) };
    let json = accounts.fetch(row, &scope).await.expect("an answer");
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
    for asked in [ACCOUNT, "444455556666"] {
        assert_eq!(fetch(&accounts, asked).await, expected, "whoever is asked, the list is Larder's");
    }
}

#[tokio::test]
async fn an_own_account_that_is_registered_is_there_once_and_as_registered() {
    let accounts = accounts(vec![entry(ACCOUNT, Some("tools"), &["us-east-1"])]);
    let expected = json!({"accounts": [{"accountId": ACCOUNT, "name": "tools", "regions": ["us-east-1"]}]});
    assert_eq!(fetch(&accounts, ACCOUNT).await, expected);
}

#[tokio::test]
async fn without_a_registry_there_is_the_own_account() {
    let row = data_type("drs-accounts").expect("a row");
    let answer = row.fetch(&scripted(|_| identity()).aws(), &scope()).await.expect("an answer");
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    assert_eq!(answer, json!({"accounts": [{"accountId": ACCOUNT, "name": null, "regions": []}]}));
}
