use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use aws_config::Region as SdkRegion;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_async::time::TimeSource;

use super::*;
use crate::scripted_aws::{ACCOUNT, Asked, Reply, Script, identity, scripted};
use crate::{AccountEntry, FailureKind, Region};

mod cold;
mod denied;
mod renewed;

const OTHER: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::444455556666:role/larder-read";
/// How long the script's STS lets a role last, in seconds.
const LIFETIME: u64 = 3_600;

/// A registry that a test changes.
#[derive(Debug, Default)]
struct Registry(Mutex<Vec<RegisteredAccount>>);

#[async_trait]
impl AccountRegistry for Registry {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(self.0.lock().expect("no panic inside").clone().into())
    }

    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        Ok(self.list().await?.iter().find(|registered| registered.id() == account).cloned())
    }
}

impl Registry {
    fn of(role: Option<&str>) -> Arc<Self> {
        let registry = Arc::new(Self::default());
        registry.set(role);
        registry
    }

    fn set(&self, role: Option<&str>) {
        let entry = AccountEntry {
            account_id: OTHER.to_owned(),
            role_arn: role.map(str::to_owned),
            external_id: role.map(|_| "larder-6666".to_owned()),
            ..AccountEntry::default()
        };
        *self.0.lock().expect("no panic inside") = vec![entry.try_into().expect("it is right")];
    }
}

/// A clock that a test sets, in seconds.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000)))
    }

    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds())
    }
}

/// STS that gives out `ASIA1`, `ASIA2`, ... for [`LIFETIME`]; every other service has nothing to tell.
fn sts(clock: Clock) -> Script {
    scripted(move |asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        "AssumeRole" => issued(asked.before + 1, clock.seconds() + LIFETIME),
        _ => Reply::Http(200, "<DescribeSubnetsResponse></DescribeSubnetsResponse>".to_owned()),
    })
}

fn issued(nth: usize, until: u64) -> Reply {
    let until = aws_smithy_types::DateTime::from_secs(i64::try_from(until).expect("small"));
    Reply::Http(
        200,
        format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIA{nth}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}

fn accounts(script: &Script, clock: &Clock, registry: Arc<Registry>) -> Accounts {
    Accounts::new(script.signed().into_builder().time_source(clock.clone()).build(), registry)
}

fn account(text: &str) -> AccountId {
    AccountId::parse(text).expect("12 digits")
}

async fn aws_of(accounts: &Accounts, id: &str) -> Arc<Aws> {
    accounts.aws_of(&account(id), None).await.expect("somebody answers for it")
}

/// Asks EC2 in that region, and says who is taken to have asked.
async fn ask(script: &Script, aws: &Aws, region: &str) -> String {
    let ec2 = aws.ec2(Region::parse(region).expect("a region"));
    ec2.describe_subnets().send().await.expect("an answer");
    script.asked().pop().expect("a request").access_key
}

fn assumed(script: &Script) -> Vec<Asked> {
    script.asked().into_iter().filter(|asked| asked.operation == "AssumeRole").collect()
}

#[tokio::test]
async fn the_own_account_is_asked_with_the_own_credentials() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let accounts = accounts(&script, &clock, Registry::of(Some(ROLE)));
    let own = aws_of(&accounts, ACCOUNT).await;
    assert_eq!(ask(&script, &own, "us-east-1").await, "AKIDEXAMPLE");
    assert!(Arc::ptr_eq(&own, &aws_of(&accounts, ACCOUNT).await) && assumed(&script).is_empty());
}

#[tokio::test]
async fn one_role_serves_every_region_and_service_of_its_account() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let accounts = accounts(&script, &clock, Registry::of(Some(ROLE)));
    for region in ["us-east-1", "eu-west-1", "us-east-1"] {
        let aws = aws_of(&accounts, OTHER).await;
        assert_eq!(ask(&script, &aws, region).await, "ASIA1");
    }
    let aws = aws_of(&accounts, OTHER).await;
    aws.iam().list_instance_profiles().send().await.expect_err("the script knows no IAM");
    assert_eq!(script.asked().pop().expect("a request").access_key, "ASIA1");
    assert_eq!(aws.identity(None).await.expect("it is known").as_str(), OTHER);
    let assumed = assumed(&script);
    assert_eq!(assumed.len(), 1);
    assert_eq!(assumed[0].access_key, "AKIDEXAMPLE");
    let role = "RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Flarder-read";
    for part in [role, "ExternalId=larder-6666", "RoleSessionName=larder"] {
        assert!(assumed[0].body.split('&').any(|sent| sent == part), "{}", assumed[0].body);
    }
}

#[tokio::test]
async fn credentials_are_kept_until_shortly_before_they_expire() {
    let clock = Clock::new();
    let script = sts(clock.clone());
    let accounts = accounts(&script, &clock, Registry::of(Some(ROLE)));
    let aws = aws_of(&accounts, OTHER).await;
    assert_eq!(ask(&script, &aws, "us-east-1").await, "ASIA1");
    clock.advance(LIFETIME - RENEWED_BEFORE.as_secs() - 1);
    assert_eq!(ask(&script, &aws, "us-east-1").await, "ASIA1");
    // The SDK takes up to half of that time away, at random.
    clock.advance(RENEWED_BEFORE.as_secs() / 2 + 1);
    assert_eq!(ask(&script, &aws, "us-east-1").await, "ASIA2");
}

#[tokio::test]
async fn what_the_registry_says_now_counts() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let registry = Registry::of(Some(ROLE));
    let accounts = accounts(&script, &clock, registry.clone());
    let first = aws_of(&accounts, OTHER).await;
    assert!(Arc::ptr_eq(&first, &aws_of(&accounts, OTHER).await));
    registry.set(Some("arn:aws:iam::444455556666:role/another"));
    let second = aws_of(&accounts, OTHER).await;
    assert_eq!(ask(&script, &second, "us-east-1").await, "ASIA1");
    assert!(assumed(&script)[0].body.contains("another"));
    for role in [None, Some(ROLE)] {
        registry.set(role);
        assert_eq!(accounts.aws_of(&account(OTHER), None).await.is_ok(), role.is_some());
    }
    assert!(!Arc::ptr_eq(&first, &aws_of(&accounts, OTHER).await));
}

#[tokio::test]
async fn an_account_without_a_role_is_unknown() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let accounts = accounts(&script, &clock, Registry::of(None));
    for id in [OTHER, "777788889999"] {
        let error = accounts.aws_of(&account(id), None).await.expect_err("nobody answers for it");
        assert!(error.is_unknown_account() && error.message.contains(id), "{error}");
        assert!(!error.message.contains(ACCOUNT), "the own account is not told: {error}");
    }
    assert_eq!(script.asked().len(), 1, "only who we are was asked");
}

#[tokio::test]
async fn a_role_of_another_partition_is_asked_there() {
    let (clock, script) = (Clock::new(), sts(Clock::new()));
    let role = ROLE.replace("aws", "aws-cn");
    let config = script.signed().into_builder().time_source(clock.clone()).region(SdkRegion::new("eu-west-1"));
    let accounts = Accounts::new(config.build(), Registry::of(Some(&role)));
    let aws = aws_of(&accounts, OTHER).await;
    ask(&script, &aws, "cn-northwest-1").await;
    assert_eq!((aws.partition(), aws.account_wide_region().name()), ("aws-cn", "cn-north-1"));
    let hosts: Vec<_> = script.asked().into_iter().map(|asked| asked.uri).collect();
    assert!(hosts[0].starts_with("https://sts.eu-west-1.amazonaws.com/"), "{hosts:?}");
    assert!(hosts[1].starts_with("https://sts.cn-north-1.amazonaws.com.cn/"), "{hosts:?}");
}
