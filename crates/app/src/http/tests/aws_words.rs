use std::time::Duration;

use larder_sources::{AccountId, FailureKind, FetchError};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::test_app::OWN;

const WORDS: &str = "User: arn:aws:iam::111122223333:user/larder is not authorized";
const TYPES: &str = "/ec2/instance-types?region=us-east-1";

fn failing(kind: FailureKind) -> FetchError {
    FetchError::new(kind, "ec2:DescribeInstanceTypes", WORDS)
}

/// That nothing which only AWS can have said is in a response, its headers included.
fn assert_has_none_of_them(got: &Got) {
    let told = format!("{:?} {}", got.headers, String::from_utf8_lossy(&got.body));
    for word in [OWN, "arn:", "user/larder", "not authorized"] {
        assert!(!told.contains(word), "{word} is in {told}");
    }
}

#[rstest]
#[case(FailureKind::AccessDenied)]
#[case(FailureKind::Credentials)]
#[case(FailureKind::Throttled)]
#[case(FailureKind::Timeout)]
#[case(FailureKind::Unavailable)]
#[case(FailureKind::Rejected { code: "X".into() })]
#[case(FailureKind::Malformed)]
#[case(FailureKind::EndlessPages)]
#[tokio::test]
async fn are_only_for_who_may_see_every_account(#[case] kind: FailureKind) {
    for groups in ["", "[acct-444455556666]", "[acct-111122223333]"] {
        let test = TestApp::new();
        test.aws.answers("ec2-instance-types", Err(failing(kind.clone())));
        let got = get_as(&test, reader(groups), TYPES).await;
        assert_has_none_of_them(&got);
        let (code, document) = (got.problem(), got.json());
        assert_eq!(document["operation"], "ec2:DescribeInstanceTypes", "{document}");
        assert!(document["detail"].as_str().is_some_and(|detail| detail.contains("the log")), "{document}");
        let seen = get_as(&test, reader("[acct-all]"), TYPES).await;
        assert_eq!(seen.problem(), code);
        assert!(seen.json()["detail"].as_str().is_some_and(|detail| detail.contains(WORDS)), "{}", seen.json());
    }
}

#[tokio::test]
async fn are_not_in_the_problems_of_regions_either() {
    let test = TestApp::new();
    test.aws.answers_in("us-west-2", "ec2-instance-types", Err(failing(FailureKind::AccessDenied)));
    let some = "/ec2/instance-types?region=us-east-1,us-west-2";
    let got = get_as(&test, reader(""), some).await;
    assert_eq!((got.status.as_u16(), &got.json()["failedRegions"][0]["code"]), (200, &json!("ACCESS_DENIED")));
    assert_has_none_of_them(&got);
    assert!(get(&test, some).await.json().to_string().contains(WORDS));

    test.aws.answers_in("eu-west-1", "ec2-instance-types", Err(failing(FailureKind::AccessDenied)));
    let none = "/ec2/instance-types?region=eu-west-1,us-west-2";
    let got = get_as(&test, reader(""), none).await;
    assert_eq!(got.problem(), "ACCESS_DENIED");
    assert_has_none_of_them(&got);
}

#[tokio::test]
async fn are_not_in_what_sts_failed_with() {
    let test = TestApp::new();
    test.aws.takes_us_for(Err(FetchError::new(FailureKind::AccessDenied, "sts:GetCallerIdentity", WORDS)));
    for uri in [SUBNETS, "/ec2/instance-types?region=all"] {
        let got = get_as(&test, reader("[acct-444455556666]"), uri).await;
        assert_eq!((got.problem().as_str(), &got.json()["action"]), ("ACCESS_DENIED", &json!("sts:GetCallerIdentity")));
        assert_has_none_of_them(&got);
    }
}

#[tokio::test(start_paused = true)]
async fn are_not_in_why_an_old_answer_stands_in() {
    let test = TestApp::new();
    assert_eq!(get(&test, TYPES).await.status, 200);
    tokio::time::advance(Duration::from_secs(30 * 3_600)).await;
    test.aws.answers("ec2-instance-types", Err(failing(FailureKind::Unavailable)));
    let got = get_as(&test, reader(""), TYPES).await;
    assert!(got.header("cache-status").contains("stale-if-error"), "{}", got.header("cache-status"));
    assert_has_none_of_them(&got);
}

#[tokio::test]
async fn nor_is_a_wrong_own_account_told_to_who_may_not_see_it() {
    let wrong = "444455556666";
    let test = TestApp::with(|configuration| configuration.own_account = AccountId::parse(wrong));
    let got = get_as(&test, reader("[acct-777788889999]"), "/drs/accounts").await;
    assert_eq!(got.problem(), "UNKNOWN_ACCOUNT");
    assert!(!got.json().to_string().contains(wrong), "{}", got.json());
    assert_eq!(get_as(&test, reader("[acct-444455556666]"), "/drs/accounts").await.json()["accountId"], wrong);
}
