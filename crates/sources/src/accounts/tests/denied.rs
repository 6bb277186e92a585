//! Roles that can't be assumed.

use std::sync::atomic::AtomicUsize;

use aws_config::retry::RetryConfig;

use super::*;
use crate::data_type;
use crate::scripted_aws::{query_error, scope};

async fn failure(accounts: &Accounts) -> FetchError {
    let aws = aws_of(accounts, OTHER).await;
    let subnets = data_type("ec2-subnets").expect("a row");
    let error = subnets.fetch(&aws, &scope()).await.expect_err("no credentials");
    assert_eq!(error.operation, ASSUME_ROLE);
    assert!(error.message.contains(ROLE), "{error}");
    error
}

fn sts_refusing(status: u16, code: &'static str) -> Script {
    scripted(move |asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        "AssumeRole" => Reply::Http(status, query_error(code, "because")),
        other => panic!("{other} was asked without credentials"),
    })
}

#[rstest::rstest]
#[case(403, "AccessDenied", FailureKind::AccessDenied)]
#[case(403, "ExpiredToken", FailureKind::Credentials)]
#[case(403, "InvalidClientTokenId", FailureKind::Credentials)]
#[case(400, "Throttling", FailureKind::Throttled)]
#[case(503, "ServiceUnavailable", FailureKind::Unavailable)]
#[case(400, "ValidationError", FailureKind::Rejected { code: "ValidationError".to_owned() })]
#[tokio::test]
async fn what_sts_says_is_said_of_the_role(#[case] status: u16, #[case] code: &'static str, #[case] kind: FailureKind) {
    let script = sts_refusing(status, code);
    let accounts = accounts(&script, &Clock::new(), Registry::of(Some(ROLE)));
    let error = failure(&accounts).await;
    assert_eq!(error.kind, kind);
    assert!(error.message.contains("because"), "{error}");
}

/// The SDK takes a request whose credentials could not be had for one that is not to be repeated.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_to_all_who_ask_within_a_second_and_not_repeated() {
    let (clock, script) = (Clock::new(), sts_refusing(403, "AccessDenied"));
    let config = script.signed().into_builder().time_source(clock.clone()).retry_config(RetryConfig::standard());
    let accounts = Accounts::new(config.build(), Registry::of(Some(ROLE)));
    for _ in 0..50 {
        failure(&accounts).await;
    }
    assert_eq!(assumed(&script).len(), 1);
    clock.advance(1);
    failure(&accounts).await;
    assert_eq!(assumed(&script).len(), 2);
}

#[tokio::test]
async fn an_answer_without_whole_credentials_is_malformed() {
    let Reply::Http(_, whole) = issued(1, 1_900_000_000) else { panic!("it is an answer") };
    let without = |member: &str| {
        let (before, rest) = whole.split_once(&format!("<{member}>")).expect("it is there");
        let (_, after) = rest.split_once(&format!("</{member}>")).expect("it ends");
        format!("{before}{after}")
    };
    let members = ["Credentials", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
    let cut = whole[..whole.len() - 30].to_owned();
    for answer in members.map(without).into_iter().chain([cut, String::new()]) {
        let script = scripted({
            let answer = answer.clone();
            move |asked| match asked.operation.as_str() {
                "GetCallerIdentity" => identity(),
                _ => Reply::Http(200, answer.clone()),
            }
        });
        let accounts = accounts(&script, &Clock::new(), Registry::of(Some(ROLE)));
        assert_eq!(failure(&accounts).await.kind, FailureKind::Malformed, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_sts_that_does_not_answer_is_named() {
    let script = scripted(|asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        _ => Reply::Never,
    });
    let accounts = accounts(&script, &Clock::new(), Registry::of(Some(ROLE)));
    assert_eq!(failure(&accounts).await.kind, FailureKind::Timeout);
}

/// Own credentials that are there once, and then no more.
#[derive(Debug, Default)]
struct SignedOut(AtomicUsize);

impl ProvideCredentials for SignedOut {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test")),
            _ => Err(CredentialsError::provider_error("the SSO session has expired")),
        })
    }
}

#[tokio::test]
async fn own_credentials_that_expired_are_said_to_be_the_reason() {
    let script = sts(Clock::new());
    let config = script.config().into_builder();
    let config = config.credentials_provider(SharedCredentialsProvider::new(SignedOut::default()));
    let accounts = Accounts::new(config.build(), Registry::of(Some(ROLE)));
    let error = failure(&accounts).await;
    assert_eq!(error.kind, FailureKind::Credentials);
    assert!(error.message.contains("session has expired"), "{error}");
    assert!(assumed(&script).is_empty());
}
