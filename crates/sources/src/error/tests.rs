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
    assert_eq!(error.operation, "ec2:DescribeSubnets");
    error
}

#[rstest]
#[case(403, "UnauthorizedOperation", FailureKind::AccessDenied)]
#[case(400, "AccessDenied", FailureKind::AccessDenied)]
#[case(400, "AccessDeniedException", FailureKind::AccessDenied)]
#[case(403, "SomethingNew", FailureKind::AccessDenied)]
#[case(401, "AuthFailure", FailureKind::Credentials)]
#[case(400, "ExpiredToken", FailureKind::Credentials)]
#[case(403, "ExpiredTokenException", FailureKind::Credentials)]
#[case(403, "InvalidClientTokenId", FailureKind::Credentials)]
#[case(403, "UnrecognizedClientException", FailureKind::Credentials)]
#[case(400, "RequestExpired", FailureKind::Credentials)]
#[case(403, "SignatureDoesNotMatch", FailureKind::Credentials)]
#[case(503, "RequestLimitExceeded", FailureKind::Throttled)]
#[case(400, "Throttling", FailureKind::Throttled)]
#[case(400, "ThrottlingException", FailureKind::Throttled)]
#[case(429, "TooManyRequestsException", FailureKind::Throttled)]
#[case(429, "SomethingNew", FailureKind::Throttled)]
#[case(400, "RequestTimeout", FailureKind::Timeout)]
#[case(500, "InternalError", FailureKind::Unavailable)]
#[case(503, "Unavailable", FailureKind::Unavailable)]
#[case(502, "SomethingNew", FailureKind::Unavailable)]
#[case(400, "InvalidParameterValue", FailureKind::Rejected { code: "InvalidParameterValue".to_owned() })]
#[tokio::test]
async fn an_error_of_aws_has_a_kind(#[case] status: u16, #[case] code: &'static str, #[case] expected: FailureKind) {
    let script = scripted(move |_| Reply::Http(status, ec2_error(code, "because")));
    assert_eq!(failure(&script.aws()).await.kind, expected);
}

#[rstest]
#[case(400, FailureKind::Rejected { code: "Http400".to_owned() })]
#[case(403, FailureKind::AccessDenied)]
#[case(404, FailureKind::Rejected { code: "Http404".to_owned() })]
#[case(429, FailureKind::Throttled)]
#[case(502, FailureKind::Unavailable)]
#[case(200, FailureKind::Malformed)]
#[tokio::test]
async fn an_answer_that_is_not_from_aws_has_a_kind(#[case] status: u16, #[case] expected: FailureKind) {
    let script = scripted(move |_| Reply::Http(status, "<html>proxy".to_owned()));
    assert_eq!(failure(&script.aws()).await.kind, expected);
}

#[tokio::test]
async fn the_code_and_the_message_of_aws_are_kept() {
    let script = scripted(|_| Reply::Http(400, ec2_error("InvalidFilter", "no such filter")));
    let kind = FailureKind::Rejected { code: "InvalidFilter".to_owned() };
    let expected = FetchError::new(kind, "ec2:DescribeSubnets", "no such filter");
    assert_eq!(failure(&script.aws()).await, expected);
}

#[tokio::test]
async fn a_message_names_the_action_without_the_page_of_base64() {
    let message = "You are not authorized to perform: ec2:DescribeSubnets. Encoded authorization failure \
                   message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abcdefghijklmn";
    let script = scripted(move |_| Reply::Http(403, ec2_error("UnauthorizedOperation", message)));
    let message = "You are not authorized to perform: ec2:DescribeSubnets.";
    let expected = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeSubnets", message);
    assert_eq!(failure(&script.aws()).await, expected);
}

#[tokio::test]
async fn a_message_that_quotes_the_signed_headers_is_not_passed_on() {
    let message = "The Canonical String should have been x-amz-security-token:IQoJb3JpZ2luX2VjSECRET";
    let script = scripted(move |_| Reply::Http(403, ec2_error("SignatureDoesNotMatch", message)));
    assert!(!failure(&script.aws()).await.to_string().contains("SECRET"));
}

/// These codes come for good credentials too, in a region where they are not valid.
#[rstest]
#[case("AuthFailure", true)]
#[case("InvalidClientTokenId", true)]
#[case("UnrecognizedClientException", true)]
#[case("ExpiredToken", false)]
#[case("UnauthorizedOperation", false)]
#[tokio::test]
async fn that_it_may_be_the_region_is_said(#[case] code: &'static str, #[case] said: bool) {
    let script = scripted(move |_| Reply::Http(403, ec2_error(code, "AWS could not validate them.")));
    let message = failure(&script.aws()).await.message;
    let region = "AWS could not validate them; or, if these credentials are good in other regions, this region is not \
                  enabled for the account (aws account enable-region), or is in another partition";
    assert_eq!(message, if said { region } else { "AWS could not validate them." });
}

#[tokio::test]
async fn a_broken_connection_is_unavailable() {
    let error = failure(&scripted(|_| Reply::Broken).aws()).await;
    assert_eq!(error.kind, FailureKind::Unavailable);
    assert!(error.to_string().contains("connection reset"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_by_itself() {
    let error = failure(&scripted(|_| Reply::Never).aws()).await;
    assert_eq!(error.kind, FailureKind::Timeout);
}

#[tokio::test]
async fn no_credentials_are_their_own_failure() {
    let script = scripted(|_| Reply::Broken);
    let error = failure(&Aws::new(script.config())).await;
    assert_eq!(error.kind, FailureKind::Credentials, "{error}");
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
    assert_eq!(error.kind, FailureKind::Credentials, "{error}");
    assert!(error.to_string().contains("session has expired"), "{error}");
    assert!(script.asked().is_empty());
}
