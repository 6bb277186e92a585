//! Service Quotas and STS through the real SDK: there is no service model of the former to hold the answers against.

use aws_credential_types::Credentials;
use aws_sdk_servicequotas::config::retry::RetryConfig;
use aws_sdk_servicequotas::config::{BehaviorVersion, Region};
use aws_sdk_sts::types::AssumedRoleUser;
use larder_standin::{Fault, FaultKind};

use crate::ask::Asker;

fn credentials(asker: &Asker) -> Credentials {
    let account = &asker.standin.fleet().accounts()[0];
    Credentials::new(account.access_key_id(), account.secret_access_key(), None, None, "standin")
}

fn service_quotas(asker: &Asker) -> aws_sdk_servicequotas::Client {
    let config = aws_sdk_servicequotas::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(credentials(asker))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(asker.standin.url());
    aws_sdk_servicequotas::Client::from_conf(config.build())
}

#[tokio::test]
async fn service_quotas_through_the_sdk() {
    let asker = Asker::start().await;
    let client = service_quotas(&asker);
    let pages = client.list_service_quotas().service_code("drs").max_results(2).into_paginator();
    let quotas = pages.items().send().collect::<Result<Vec<_>, _>>().await.expect("all pages");
    assert_eq!(quotas.len(), 6);
    let found = quotas.iter().find(|it| it.quota_code() == Some("L-C1D14A2B")).expect("listed");
    assert_eq!(found.value(), Some(300.0));
    assert!(!found.adjustable());

    let get = client.get_service_quota().service_code("drs").quota_code("L-0");
    let error = get.send().await.expect_err("no such quota").into_service_error();
    assert!(error.is_no_such_resource_exception(), "{error:?}");
    let get = client.get_aws_default_service_quota().service_code("drs").quota_code("L-D88FAC3A");
    let quota = get.send().await.expect("a default").quota.expect("a quota");
    assert_eq!(quota.value(), Some(20.0));
}

fn sts(asker: &Asker, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .endpoint_url(asker.standin.url());
    aws_sdk_sts::Client::from_conf(config.build())
}

#[tokio::test]
async fn sts_through_the_sdk() {
    let asker = Asker::start().await;
    let client = sts(&asker, credentials(&asker));
    let identity = client.get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.account(), Some("111122223333"));

    let account = &asker.standin.fleet().accounts()[1];
    let assume = || client.assume_role().role_arn(account.role_arn()).role_session_name("larder");
    let assumed = assume().external_id(account.external_id()).send().await.expect("a session");
    let given = assumed.credentials().expect("credentials");
    let token = Some(given.session_token().to_owned());
    let session = Credentials::new(given.access_key_id(), given.secret_access_key(), token, None, "standin");
    let identity = sts(&asker, session).get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.account(), Some("444455556666"));
    assert_eq!(identity.arn(), assumed.assumed_role_user().map(AssumedRoleUser::arn));

    let refused = assume().external_id("guessed").send().await.expect_err("not trusted");
    assert_eq!(refused.into_service_error().meta().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn damaged_answers_are_errors_of_the_sdk_too() {
    let asker = Asker::start().await;
    let (quotas, sts) = (service_quotas(&asker), sts(&asker, credentials(&asker)));
    for kind in [FaultKind::Dropped, FaultKind::Truncated, FaultKind::Malformed] {
        asker.standin.fault(Fault::on("*", kind));
        assert!(quotas.list_service_quotas().service_code("drs").send().await.is_err(), "{kind:?}");
        let answer = sts.get_caller_identity().send().await;
        // The SDK takes the beginning of an XML document for the whole: nothing but the caller notices that it was cut.
        assert_eq!(answer.is_err(), kind != FaultKind::Truncated, "{kind:?}: {answer:?}");
        asker.standin.clear_faults();
    }
    asker.standin.fault(Fault::on("*", FaultKind::Throttled));
    let error = quotas.list_service_quotas().service_code("drs").send().await.expect_err("throttled");
    assert!(error.into_service_error().is_too_many_requests_exception());
}
