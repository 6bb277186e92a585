use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use rstest::rstest;

use super::*;
use crate::FailureKind;
use crate::scripted_aws::{Reply, identity, identity_of, scripted};

#[tokio::test]
async fn the_identity_is_asked_once() {
    let script = scripted(|_| identity());
    let aws = script.aws();
    for _ in 0..3 {
        let account = aws.identity(None).await.expect("an identity");
        assert_eq!(account.as_str(), "111122223333");
    }
    assert_eq!(script.asked().len(), 1);
    assert_eq!(script.asked()[0].operation, "GetCallerIdentity");
}

#[tokio::test]
async fn the_caller_is_asked_anew_and_told_with_its_arn() {
    let script = scripted(|_| identity());
    let aws = script.aws();
    for _ in 0..2 {
        let caller = aws.caller().await.expect("a caller");
        assert_eq!(caller.account.as_str(), "111122223333");
        assert!(caller.arn.starts_with("arn:aws:"), "{caller:?}");
    }
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn a_failed_identity_is_asked_again() {
    let script = scripted(|asked| match asked.before {
        0 => Reply::Broken,
        _ => identity(),
    });
    let aws = script.aws();
    let error = aws.identity(None).await.expect_err("broken");
    assert_eq!(error.kind, FailureKind::Unavailable);
    assert_eq!(error.operation, "sts:GetCallerIdentity");
    aws.identity(None).await.expect("an identity");
}

#[tokio::test(start_paused = true)]
async fn a_silent_sts_is_named_and_asked_once_for_all_who_wait() {
    let script = scripted(|_| Reply::Never);
    let sleep = SharedAsyncSleep::new(TokioSleep::new());
    let aws = Aws::new(script.aws().config.to_builder().sleep_impl(sleep).build());
    let answers = futures::future::join_all((0..5).map(|_| aws.identity(None))).await;
    for answer in answers {
        let error = answer.expect_err("silence");
        assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Timeout, "sts:GetCallerIdentity"));
    }
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn sts_is_asked_in_the_partition_of_the_question() {
    let near = Region::parse("cn-north-1");
    let script = scripted(|_| identity_of("111122223333"));
    script.aws().identity(near).await.expect("an identity");
    assert!(script.asked()[0].uri.starts_with("https://sts.cn-north-1.amazonaws.com.cn"), "{:?}", script.asked());
    let elsewhere = script.aws().config.to_builder().region(aws_config::Region::new("eu-west-1")).build();
    Aws::new(elsewhere).identity(near).await.expect("an identity");
    assert!(script.asked()[1].uri.starts_with("https://sts.eu-west-1."), "what is configured is not overruled");
}

#[tokio::test]
async fn an_identity_is_an_account() {
    let script = scripted(|_| identity_of("eleven"));
    let error = script.aws().identity(None).await.expect_err("no account");
    assert_eq!(error.kind, FailureKind::Malformed);
}

#[tokio::test]
async fn each_region_is_asked_at_its_own_endpoint() {
    let script = scripted(|_| Reply::Broken);
    let aws = script.aws();
    let names = ["us-east-1", "cn-north-1", "us-gov-west-1"];
    for name in names {
        let region = Region::parse(name).expect("a region");
        let asked = aws.ec2(region).describe_subnets().send().await;
        asked.expect_err("broken");
        let asked = aws.drs(region).describe_jobs().send().await;
        asked.expect_err("broken");
    }
    let hosts: Vec<_> = script.asked().into_iter().map(|asked| asked.uri).collect();
    for (hosts, name) in hosts.chunks(2).zip(names) {
        assert!(hosts[0].starts_with(&format!("https://ec2.{name}.amazonaws.com")), "{hosts:?}");
        assert!(hosts[1].starts_with(&format!("https://drs.{name}.amazonaws.com")), "{hosts:?}");
    }
}

#[rstest]
#[case(None, "aws", "us-east-1", "https://iam.amazonaws.com/")]
#[case(Some("eu-west-1"), "aws", "us-east-1", "https://iam.amazonaws.com/")]
#[case(Some("cn-northwest-1"), "aws-cn", "cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn/")]
#[case(Some("us-gov-east-1"), "aws-us-gov", "us-gov-west-1", "https://iam.us-gov.amazonaws.com/")]
#[case(Some("us-iso-west-1"), "aws-iso", "us-iso-east-1", "https://iam.us-iso-east-1.c2s.ic.gov/")]
#[tokio::test]
async fn iam_is_asked_where_the_partition_has_it(
    #[case] configured: Option<&'static str>,
    #[case] partition: &str,
    #[case] region: &str,
    #[case] endpoint: &str,
) {
    let script = scripted(|_| Reply::Broken);
    let region_of = |name| aws_config::Region::from_static(name);
    let aws = Aws::new(script.signed().into_builder().region(configured.map(region_of)).build());
    assert_eq!((aws.partition(), aws.account_wide_region().name()), (partition, region));
    aws.iam().list_instance_profiles().send().await.expect_err("broken");
    assert_eq!(script.asked()[0].uri, endpoint);
}

#[test]
fn timeouts_are_ours_unless_the_configuration_has_its_own() {
    let given = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(3));
    let config = SdkConfig::builder().timeout_config(given.build()).build();
    let aws = Aws::new(config);
    let timeouts = aws.config.timeout_config().expect("timeouts");
    assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(3)));
    assert_eq!(timeouts.connect_timeout(), Some(CONNECT_TIMEOUT));
    let aws = Aws::new(SdkConfig::builder().build());
    let timeouts = aws.config.timeout_config().expect("timeouts");
    assert_eq!(timeouts.operation_attempt_timeout(), Some(ATTEMPT_TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_fails_inside_aws_is_repeated_as_the_sdk_does_by_itself() {
    let script = scripted(|_| Reply::Http(503, String::new()));
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = script.config().into_builder().retry_config(RetryConfig::standard());
    let config = config.credentials_provider(SharedCredentialsProvider::new(credentials)).build();
    let error = Aws::new(config).identity(None).await.expect_err("503");
    assert_eq!(error.kind, FailureKind::Unavailable);
    assert_eq!(script.asked().len(), 3);
}
