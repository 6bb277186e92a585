//! The first question of a process, which does not know yet whose its credentials are.

use bytes::Bytes;

use super::*;
use crate::data_type;
use crate::scripted_aws::{ec2_error, query_error, scope};

/// Asks for subnets of that account, of an STS and an EC2 that answer so.
async fn first_question(of: &str, sts: fn() -> Reply, ec2: fn() -> Reply) -> (Script, Result<Bytes, FetchError>) {
    let script = scripted(move |asked| match asked.operation.as_str() {
        "GetCallerIdentity" => sts(),
        "DescribeSubnets" => ec2(),
        other => panic!("{other} was asked"),
    });
    let accounts = Accounts::new(script.signed(), Registry::of(None));
    let scope = Scope { account: Some(account(of)), ..scope() };
    let answer = accounts.fetch(data_type("ec2-subnets").expect("a row"), &scope).await;
    (script, answer)
}

fn no_subnets() -> Reply {
    Reply::Http(200, "<DescribeSubnetsResponse></DescribeSubnetsResponse>".to_owned())
}

fn unavailable() -> Reply {
    Reply::Http(503, query_error("ServiceUnavailable", "down"))
}

#[tokio::test]
async fn whose_the_credentials_are_is_asked_beside_the_answer() {
    let (script, answer) = first_question(ACCOUNT, identity, no_subnets).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(script.asked().len(), 2);
}

/// Else one account's answer would be kept under another's key.
#[tokio::test]
async fn an_answer_of_another_account_is_never_given() {
    let (_, answer) = first_question(OTHER, identity, no_subnets).await;
    let error = answer.expect_err("the credentials are of another account");
    assert!(error.is_unknown_account() && !error.message.contains(ACCOUNT), "{error}");
}

#[tokio::test]
async fn an_answer_whose_account_can_not_be_made_sure_of_is_not_given() {
    let (_, answer) = first_question(ACCOUNT, unavailable, no_subnets).await;
    let error = answer.expect_err("nobody knows whose answer it is");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Unavailable, "sts:GetCallerIdentity"));
}

#[tokio::test]
async fn the_fetch_itself_says_best_why_it_failed() {
    let denied = || Reply::Http(403, ec2_error("UnauthorizedOperation", "no"));
    let (_, answer) = first_question(ACCOUNT, unavailable, denied).await;
    let error = answer.expect_err("denied");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::AccessDenied, "ec2:DescribeSubnets"));
}

#[tokio::test]
async fn once_the_credentials_are_known_to_be_anothers_nothing_is_asked() {
    let script = scripted(|asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        other => panic!("{other} was asked"),
    });
    let accounts = Accounts::new(script.signed(), Registry::of(None));
    accounts.own_account(None).await.expect("an identity");
    let scope = Scope { account: Some(account(OTHER)), ..scope() };
    let answer = accounts.fetch(data_type("ec2-subnets").expect("a row"), &scope).await;
    assert!(answer.expect_err("nobody answers for it").is_unknown_account());
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn a_registered_account_is_asked_by_its_role_from_the_first_question_on() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let accounts = accounts(&script, &clock, Registry::of(Some(ROLE)));
    let scope = Scope { account: Some(account(OTHER)), ..scope() };
    accounts.fetch(data_type("ec2-subnets").expect("a row"), &scope).await.expect("an answer");
    let asked: Vec<_> = script.asked().into_iter().map(|asked| (asked.operation, asked.access_key)).collect();
    let keys = [("GetCallerIdentity", "AKIDEXAMPLE"), ("AssumeRole", "AKIDEXAMPLE"), ("DescribeSubnets", "ASIA1")];
    assert_eq!(asked, keys.map(|(operation, key)| (operation.to_owned(), key.to_owned())));
}

#[tokio::test]
async fn a_check_shows_whether_the_role_can_be_assumed() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let of_role = accounts(&script, &clock, Registry::of(Some(ROLE)));
    // The script's STS takes everybody for the own account.
    let error = of_role.check(&account(OTHER)).await.expect_err("another account's credentials");
    assert!(error.is_unknown_account(), "{error}");
    assert_eq!(assumed(&script).len(), 1);
    of_role.check(&account(ACCOUNT)).await.expect("the own account");
}
