use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use rstest::rstest;

use super::*;
use crate::scripted_aws::{Reply, ec2_error, scope, scripted};
use crate::{Aws, data_type};

async fn failure(aws: &Aws) -> FetchError {
    let subnets = data_type("ec2-subnets").expect("a row");
    let failed = subnets.fetch(aws, &scope()).await;
    let error = failed.expect_err("the script fails");
    assert_eq!(error.operation(), "ec2:DescribeSubnets");
    error
}

#[rstest]
#[case(403, "UnauthorizedOperation", "UPSTREAM_ACCESS_DENIED")]
#[case(400, "AccessDenied", "UPSTREAM_ACCESS_DENIED")]
#[case(400, "AccessDeniedException", "UPSTREAM_ACCESS_DENIED")]
#[case(403, "SomethingNew", "UPSTREAM_ACCESS_DENIED")]
#[case(401, "AuthFailure", "UPSTREAM_CREDENTIALS")]
#[case(400, "ExpiredToken", "UPSTREAM_CREDENTIALS")]
#[case(403, "ExpiredTokenException", "UPSTREAM_CREDENTIALS")]
#[case(403, "InvalidClientTokenId", "UPSTREAM_CREDENTIALS")]
#[case(403, "UnrecognizedClientException", "UPSTREAM_CREDENTIALS")]
#[case(400, "RequestExpired", "UPSTREAM_CREDENTIALS")]
#[case(403, "SignatureDoesNotMatch", "UPSTREAM_CREDENTIALS")]
#[case(503, "RequestLimitExceeded", "UPSTREAM_THROTTLED")]
#[case(400, "Throttling", "UPSTREAM_THROTTLED")]
#[case(400, "ThrottlingException", "UPSTREAM_THROTTLED")]
#[case(429, "TooManyRequestsException", "UPSTREAM_THROTTLED")]
#[case(429, "SomethingNew", "UPSTREAM_THROTTLED")]
#[case(400, "RequestTimeout", "UPSTREAM_TIMEOUT")]
#[case(500, "InternalError", "UPSTREAM_UNAVAILABLE")]
#[case(503, "Unavailable", "UPSTREAM_UNAVAILABLE")]
#[case(502, "SomethingNew", "UPSTREAM_UNAVAILABLE")]
#[case(400, "InvalidParameterValue", "UPSTREAM_REJECTED")]
#[tokio::test]
async fn an_error_of_aws_has_a_class(#[case] status: u16, #[case] code: &'static str, #[case] expected: &str) {
    let script = scripted(move |_| Reply::Http(status, ec2_error(code, "because")));
    assert_eq!(failure(&script.aws()).await.code(), expected);
}

#[rstest]
#[case(400, "UPSTREAM_REJECTED")]
#[case(403, "UPSTREAM_ACCESS_DENIED")]
#[case(404, "UPSTREAM_REJECTED")]
#[case(429, "UPSTREAM_THROTTLED")]
#[case(502, "UPSTREAM_UNAVAILABLE")]
#[case(200, "UPSTREAM_MALFORMED")]
#[tokio::test]
async fn an_answer_that_is_not_from_aws_has_a_class(#[case] status: u16, #[case] expected: &str) {
    let script = scripted(move |_| Reply::Http(status, "<html>proxy".to_owned()));
    assert_eq!(failure(&script.aws()).await.code(), expected);
}

#[tokio::test]
async fn the_code_and_the_message_of_aws_are_kept() {
    let script = scripted(|_| Reply::Http(400, ec2_error("InvalidFilter", "no such filter")));
    let expected = FetchError::Rejected {
        code: "InvalidFilter".to_owned(),
        operation: "ec2:DescribeSubnets".to_owned(),
        message: "no such filter".to_owned(),
    };
    assert_eq!(failure(&script.aws()).await, expected);
}

#[tokio::test]
async fn a_message_names_the_action_without_the_page_of_base64() {
    let message = "You are not authorized to perform: ec2:DescribeSubnets. Encoded authorization failure \
                   message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abcdefghijklmn";
    let script = scripted(move |_| Reply::Http(403, ec2_error("UnauthorizedOperation", message)));
    let expected = FetchError::AccessDenied {
        operation: "ec2:DescribeSubnets".to_owned(),
        message: "You are not authorized to perform: ec2:DescribeSubnets.".to_owned(),
    };
    assert_eq!(failure(&script.aws()).await, expected);
}

#[tokio::test]
async fn a_message_that_quotes_the_signed_headers_is_not_passed_on() {
    let message = "The Canonical String should have been x-amz-security-token:IQoJb3JpZ2luX2VjSECRET";
    let script = scripted(move |_| Reply::Http(403, ec2_error("SignatureDoesNotMatch", message)));
    assert!(!failure(&script.aws()).await.to_string().contains("SECRET"));
}

#[tokio::test]
async fn a_broken_connection_is_unavailable() {
    let error = failure(&scripted(|_| Reply::Broken).aws()).await;
    assert_eq!(error.code(), "UPSTREAM_UNAVAILABLE");
    assert!(error.to_string().contains("connection reset"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_by_itself() {
    let error = failure(&scripted(|_| Reply::Never).aws()).await;
    assert_eq!(error.code(), "UPSTREAM_TIMEOUT");
}

#[tokio::test]
async fn no_credentials_are_their_own_failure() {
    let script = scripted(|_| Reply::Broken);
    let error = failure(&Aws::new(script.config())).await;
    assert_eq!(error.code(), "UPSTREAM_CREDENTIALS", "{error}");
    assert!(script.asked().is_empty());
}

#[tokio::test]
async fn credentials_that_cannot_be_loaded_say_why() {
    #[derive(Debug)]
    struct Expired;
    impl ProvideCredentials for Expired {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let error = CredentialsError::provider_error("the SSO session has expired");
            future::ProvideCredentials::ready(Err(error))
        }
    }
    let script = scripted(|_| Reply::Broken);
    let config = script.config().into_builder();
    let config = config.credentials_provider(SharedCredentialsProvider::new(Expired));
    let error = failure(&Aws::new(config.build())).await;
    assert_eq!(error.code(), "UPSTREAM_CREDENTIALS", "{error}");
    assert!(error.to_string().contains("session has expired"), "{error}");
    assert!(script.asked().is_empty());
}
