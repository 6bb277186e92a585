use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use larder_sources::{
    ASSUME_ROLE, AccountEntry, AccountId, Accounts, ConfiguredAccounts, DATA_TYPES, FailureKind, FetchError, data_type,
};
use larder_standin::{Account, Fault, FaultKind, Handle};
use serde_json::Value;

use crate::{aws, config, fetch, standin};

/// The first account's credentials, and every other account by what `entry` says of it.
fn accounts(standin: &Handle, entry: impl Fn(&Account) -> AccountEntry) -> Accounts {
    let [own, others @ ..] = standin.fleet().accounts() else { panic!("a fleet has accounts") };
    let others = others.iter().map(|account| entry(account).try_into().expect("it is right"));
    let registry = ConfiguredAccounts::new(others.collect()).expect("none is there twice");
    Accounts::new(config(standin.url(), own), Arc::new(registry))
}

fn by_role(account: &Account) -> AccountEntry {
    AccountEntry {
        account_id: account.id().to_string(),
        name: Some(account.name().to_owned()),
        role_arn: Some(account.role_arn()),
        external_id: Some(account.external_id()),
        regions: Vec::new(),
    }
}

async fn ask(accounts: &Accounts, name: &str, region: &str, account: &Account) -> Result<Value, FetchError> {
    let id = AccountId::parse(account.id().as_str()).expect("12 digits");
    fetch(&*accounts.aws_of(&id, None).await?, name, region, account).await
}

/// What an account's role sees is what its own credentials see.
#[tokio::test]
async fn a_role_sees_what_its_account_sees() {
    let standin = standin().await;
    let accounts = accounts(&standin, by_role);
    for row in DATA_TYPES.iter().filter(|row| row.account_of_item.is_none()) {
        for region in standin.fleet().regions() {
            for account in standin.fleet().accounts() {
                let answer = ask(&accounts, row.name, region, account).await.expect("an answer");
                let own = fetch(&aws(standin.url(), account), row.name, region, account).await.expect("an answer");
                assert_eq!(answer, own, "{row:?} {region}");
            }
        }
    }
    let roles = standin.fleet().accounts().len() - 1;
    assert_eq!(standin.call_count(ASSUME_ROLE), roles as u64, "one session of each role was enough for all that");
}

#[tokio::test]
async fn accounts_never_see_each_others_resources() {
    let standin = standin().await;
    let accounts = accounts(&standin, by_role);
    for name in ["drs-source-servers", "ec2-instance-profiles", "ec2-security-groups", "ec2-subnets"] {
        let list = data_type(name).and_then(|row| row.list).expect("a list");
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for account in standin.fleet().accounts() {
            for region in standin.fleet().regions() {
                let answer = ask(&accounts, name, region, account).await.expect("an answer");
                for item in answer[list.member].as_array().expect("a list") {
                    let id = item[list.id].as_str().expect("an id").to_owned();
                    let first = seen.entry(id).or_insert(account.id().as_str());
                    assert_eq!(*first, account.id().as_str(), "{name} {item}");
                }
            }
        }
        let owners: BTreeSet<_> = seen.values().collect();
        assert_eq!(owners.len(), standin.fleet().accounts().len(), "every account has some of {name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_first_questions_at_once_assume_the_role_once() {
    let standin = Arc::new(standin().await);
    let accounts = Arc::new(accounts(&standin, by_role));
    let asking = (0..50).map(|nth| {
        let (standin, accounts) = (standin.clone(), accounts.clone());
        tokio::spawn(async move {
            let region = standin.fleet().regions()[nth % standin.fleet().regions().len()];
            let name = ["ec2-subnets", "drs-quotas", "ec2-instance-profiles", "ec2-security-groups"][nth % 4];
            ask(&accounts, name, region, &standin.fleet().accounts()[1]).await
        })
    });
    for answer in asking.collect::<Vec<_>>() {
        answer.await.expect("no panic").expect("an answer");
    }
    assert_eq!(standin.call_count(ASSUME_ROLE), 1);
}

#[tokio::test]
async fn a_role_that_does_not_trust_us_is_named() {
    type Wrong = fn(&Account) -> AccountEntry;
    let wrong: [Wrong; 3] = [
        |account| AccountEntry { external_id: Some("larder-0000".to_owned()), ..by_role(account) },
        |account| AccountEntry { external_id: None, ..by_role(account) },
        |account| AccountEntry { role_arn: Some(account.role_arn() + "-of-yesterday"), ..by_role(account) },
    ];
    for wrong in wrong {
        let standin = standin().await;
        let accounts = accounts(&standin, wrong);
        let [own, other, ..] = standin.fleet().accounts() else { panic!("a fleet has accounts") };
        let error = ask(&accounts, "ec2-subnets", "us-east-1", other).await.expect_err("it is not trusted");
        assert_eq!((&error.kind, error.operation.as_str()), (&FailureKind::AccessDenied, ASSUME_ROLE));
        assert!(error.message.contains(&wrong(other).role_arn.expect("it has one")), "{error}");
        ask(&accounts, "ec2-subnets", "us-east-1", own).await.expect("the own account is none the worse");
    }
}

/// What the role may not do is a failure of that, and not of the role.
#[tokio::test]
async fn what_a_role_may_not_do_is_named() {
    let standin = standin().await;
    let accounts = accounts(&standin, by_role);
    let [own, other, ..] = standin.fleet().accounts() else { panic!("a fleet has accounts") };
    for (row, action) in DATA_TYPES.iter().flat_map(|row| row.iam_actions.iter().map(move |action| (row, *action))) {
        if row.account_of_item.is_some() {
            continue;
        }
        standin.fault(Fault::on(action, FaultKind::AccessDenied).of_account(other.id()));
        let error = ask(&accounts, row.name, "us-east-1", other).await.expect_err("it is denied");
        assert_eq!((&error.kind, error.operation.as_str()), (&FailureKind::AccessDenied, action));
        ask(&accounts, row.name, "us-east-1", own).await.expect("the own account is none the worse");
        standin.clear_faults();
    }
}

#[tokio::test]
async fn the_fleet_is_listed_with_the_own_account() {
    let standin = standin().await;
    let accounts = accounts(&standin, by_role);
    let own = &standin.fleet().accounts()[0];
    let answer = ask(&accounts, "drs-accounts", "", own).await.expect("an answer");
    let mut expected: Vec<_> = standin.fleet().accounts().iter().map(|account| account.id().as_str()).collect();
    expected.sort_unstable();
    let listed = answer["accounts"].as_array().expect("a list");
    assert_eq!(listed.iter().map(|account| &account["accountId"]).collect::<Vec<_>>(), expected);
    let other = standin.fleet().accounts()[1].name();
    assert!(listed.iter().any(|account| account["name"] == other), "{answer}");
}
