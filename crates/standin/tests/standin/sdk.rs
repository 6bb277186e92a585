//! Service Quotas and STS through the real SDK: there is no service model of the former to hold the answers against.

use aws_credential_types::Credentials;
use aws_sdk_servicequotas::config::{BehaviorVersion, Region};

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

#[tokio::test]
async fn sts_through_the_sdk() {
    let asker = Asker::start().await;
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(credentials(&asker))
        .endpoint_url(asker.standin.url());
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let identity = client.get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.account(), Some("111122223333"));
}
