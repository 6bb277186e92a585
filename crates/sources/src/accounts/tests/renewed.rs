//! Credentials that change while Larder runs.

use aws_credential_types::provider::SharedCredentialsProvider;

use super::*;
use crate::data_type;
use crate::scripted_aws::{ec2_error, identity_of, scope};

const HOUR: u64 = 3_600;

/// A profile whose credentials are `OWN<n>`, anew each time that they are had, and last for an hour.
#[derive(Debug)]
struct Profile {
    clock: Clock,
    had: AtomicU64,
}

impl Profile {
    fn provider(clock: &Clock) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Self { clock: clock.clone(), had: AtomicU64::new(0) })
    }
}

impl ProvideCredentials for Profile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let nth = self.had.fetch_add(1, Ordering::SeqCst) + 1;
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(self.clock.seconds() + HOUR);
        future::ProvideCredentials::ready(Ok(Credentials::new(format!("OWN{nth}"), "s", None, Some(until), "test")))
    }
}

/// An AWS for which the first credentials are of the one account, and all later ones of the other.
fn switched() -> Script {
    scripted(|asked| match asked.operation.as_str() {
        "GetCallerIdentity" if asked.access_key == "OWN1" => identity(),
        "GetCallerIdentity" => identity_of(OTHER),
        _ => Reply::Http(200, "<DescribeSubnetsResponse></DescribeSubnetsResponse>".to_owned()),
    })
}

async fn subnets(accounts: &Accounts, of: &str) -> Result<Bytes, FetchError> {
    let scope = Scope { account: Some(account(of)), ..scope() };
    accounts.fetch(data_type("ec2-subnets").expect("a row"), &scope).await
}

fn by_profile(script: &Script, clock: &Clock, registry: Arc<Registry>) -> Accounts {
    let config =
        script.signed().into_builder().time_source(clock.clone()).credentials_provider(Profile::provider(clock));
    Accounts::new(config.build(), registry)
}

/// Else an answer of one account would be kept as the other's.
#[tokio::test]
async fn whose_the_credentials_are_is_asked_of_each_that_are_had() {
    let (clock, script) = (Clock::new(), switched());
    let accounts = by_profile(&script, &clock, Registry::of(None));
    subnets(&accounts, ACCOUNT).await.expect("they are its");
    clock.advance(HOUR - 61);
    subnets(&accounts, ACCOUNT).await.expect("they are its still");
    assert_eq!(script.asked().iter().filter(|asked| asked.operation == "GetCallerIdentity").count(), 1);
    clock.advance(1);
    let error = subnets(&accounts, ACCOUNT).await.expect_err("they are the other's by now");
    assert!(error.is_unknown_account(), "{error}");
    subnets(&accounts, OTHER).await.expect("they are its now");
    assert_eq!(accounts.own_account(None).await.expect("an identity").as_str(), OTHER);
}

/// The first session of whatever it is has been ended; the second is good.
fn first_is_refused(key: &'static str) -> Script {
    scripted(move |asked| match asked.operation.as_str() {
        "DescribeSubnets" if asked.access_key == key => Reply::Http(400, ec2_error("ExpiredToken", "ended")),
        "GetCallerIdentity" => identity(),
        "AssumeRole" => issued(asked.before + 1, Clock::new().seconds() + LIFETIME),
        _ => Reply::Http(200, "<DescribeSubnetsResponse></DescribeSubnetsResponse>".to_owned()),
    })
}

#[tokio::test]
async fn a_session_that_was_ended_early_is_begun_again_at_once() {
    let (clock, script) = (Clock::new(), first_is_refused("ASIA1"));
    let accounts = accounts(&script, &clock, Registry::of(Some(ROLE)));
    subnets(&accounts, OTHER).await.expect("by another session");
    assert_eq!(script.asked().pop().expect("a request").access_key, "ASIA2");
    assert_eq!(assumed(&script).len(), 2);
}

#[tokio::test]
async fn own_credentials_that_are_refused_are_had_anew_by_the_next() {
    let (clock, script) = (Clock::new(), first_is_refused("OWN1"));
    let accounts = by_profile(&script, &clock, Registry::of(None));
    let error = subnets(&accounts, ACCOUNT).await.expect_err("it is refused");
    assert_eq!(error.kind, FailureKind::Credentials);
    let asked = script.asked().into_iter().filter(|asked| asked.operation == "DescribeSubnets").count();
    assert_eq!(asked, 1, "the same login would be refused again");
    subnets(&accounts, ACCOUNT).await.expect("somebody has logged in again");
}

#[tokio::test]
async fn without_credentials_the_operation_is_named_that_needs_them() {
    let accounts = Accounts::new(switched().config(), Registry::of(None));
    let error = subnets(&accounts, ACCOUNT).await.expect_err("there are none");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Credentials, "ec2:DescribeSubnets"));
    let error = accounts.own_account(None).await.expect_err("there are none");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Credentials, "sts:GetCallerIdentity"));
}
