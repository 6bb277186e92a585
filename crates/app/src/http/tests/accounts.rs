use larder_sources::{AccountId, FailureKind, FetchError};

use super::*;
use crate::test_app::OWN;

const OTHER: &str = "444455556666";
const OF_OTHER: &str = "/ec2/subnets?region=us-east-1&accountId=444455556666";
const OF_OWN: &str = "/ec2/subnets?region=us-east-1&accountId=111122223333";

fn sts_is_down() -> FetchError {
    FetchError::new(FailureKind::Unavailable, "sts:GetCallerIdentity", "down")
}

fn reader_of(account: &str) -> Option<Principal> {
    reader(&format!("[acct-{account}]"))
}

async fn stored(test: &TestApp) -> usize {
    get(test, "/cache/entries").await.json()["entries"].as_array().expect("a list").len()
}

/// Asks for an account that the credentials are not of: the answer says so, and nothing is kept under its key.
async fn check_foreign(test: &TestApp, uri: &str) {
    let got = get(test, uri).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (404, "UNKNOWN_ACCOUNT"));
    assert_eq!(got.json()["accountId"], OTHER);
    assert!(!got.json().to_string().contains(OWN), "whose the credentials are is not told: {}", got.json());
    assert_eq!(stored(test).await, 0, "one account's answer is kept under another's key");
}

#[tokio::test]
async fn an_account_that_the_credentials_are_not_of_is_unknown() {
    check_foreign(&TestApp::new(), OF_OTHER).await;
}

#[tokio::test]
async fn a_wrong_account_in_the_configuration_caches_nothing() {
    let test = TestApp::with(|configuration| configuration.own_account = AccountId::parse(OTHER));
    check_foreign(&test, SUBNETS).await;
    assert_eq!(get(&test, OF_OWN).await.status, 200, "the right one can still be named");
}

#[tokio::test]
async fn a_named_account_is_answered_from_the_cache_without_aws() {
    let test = TestApp::new();
    assert_eq!(get(&test, OF_OWN).await.status, 200);
    test.aws.takes_us_for(Err(sts_is_down()));
    let asked = test.aws.asked();
    let hit = get(&test, OF_OWN).await;
    assert!(hit.header("cache-status").contains("; hit"), "{}", hit.header("cache-status"));
    let got = get_with(&test, OF_OTHER, &[("cache-control", "only-if-cached")]).await;
    assert_eq!(got.problem(), "NOT_CACHED");
    assert_eq!(test.aws.asked(), asked);
}

#[tokio::test]
async fn without_sts_a_question_that_names_no_account_is_told_to_name_one() {
    let test = TestApp::new();
    test.aws.takes_us_for(Err(sts_is_down()));
    let got = get(&test, SUBNETS).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (503, "UPSTREAM_UNAVAILABLE"));
    let document = got.json();
    let detail = document["detail"].as_str().expect("a detail");
    assert!(detail.contains("accountId") && detail.contains("LARDER_ACCOUNT_ID"), "{detail}");
}

#[tokio::test]
async fn a_caller_who_may_not_see_the_own_account_is_not_told_it() {
    for (uri, most_asked) in [(SUBNETS, 1), (OF_OTHER, 2)] {
        let test = TestApp::new();
        let got = send_as(&test, reader_of(OTHER), request("GET", uri, &[], Body::empty())).await;
        assert!(!String::from_utf8_lossy(&got.body).contains(OWN), "{}", got.json());
        assert!(["FORBIDDEN_ACCOUNT", "UNKNOWN_ACCOUNT"].contains(&got.problem().as_str()));
        assert!(test.aws.asked() <= most_asked, "nothing but whose the credentials are was asked in vain");
    }
}

const ACCOUNTS: &str = r#"{"accounts":[{"accountId":"111122223333"},{"accountId":"444455556666"}]}"#;

async fn accounts_seen(test: &TestApp, reader: Option<Principal>, if_none_match: &str) -> Got {
    test.aws.answers("drs-accounts", Ok(ACCOUNTS));
    let headers = [("if-none-match", if_none_match)];
    send_as(test, reader, request("GET", "/drs/accounts", &headers, Body::empty())).await
}

#[tokio::test]
async fn a_caller_sees_the_accounts_that_are_his_and_no_tag_of_the_others() {
    let test = TestApp::new();
    let all = accounts_seen(&test, Some(Principal::local()), "").await;
    assert_eq!(all.body, ACCOUNTS.as_bytes());
    let his = accounts_seen(&test, reader_of(OTHER), "").await;
    assert_eq!(his.json(), serde_json::json!({"accounts": [{"accountId": OTHER}]}));
    assert_ne!(his.header("etag"), all.header("etag"), "the whole one's tag tells when the rest changes");
    assert_eq!(accounts_seen(&test, reader_of(OTHER), his.header("etag")).await.status, 304);
    assert_eq!(accounts_seen(&test, reader_of(OTHER), all.header("etag")).await.status, 200);
}

#[tokio::test]
async fn a_list_of_accounts_without_its_shape_is_shown_to_nobody_who_may_not_see_all() {
    let test = TestApp::new();
    test.aws.answers("drs-accounts", Ok(r#"["111122223333"]"#));
    let got = send_as(&test, reader_of(OTHER), request("GET", "/drs/accounts", &[], Body::empty())).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (500, "INTERNAL"));
    assert!(!String::from_utf8_lossy(&got.body).contains(OWN));
}
