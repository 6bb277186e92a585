use larder_standin::{Config, UnknownKeys};
use serde_json::json;

use crate::ask::{Asker, Session, send};

#[tokio::test]
async fn an_unsigned_request_is_refused_in_its_service_s_form() {
    let asker = Asker::start().await;
    let ec2 = send(asker.post("/").body("Action=DescribeSubnets&Version=2016-11-15")).await;
    assert!(ec2.body.contains("<Response><Errors><Error><Code>"), "{}", ec2.body);
    assert_eq!(ec2.xml_error(), (403, "MissingAuthenticationToken".into()));

    let sts = send(asker.post("/").body("Action=GetCallerIdentity&Version=2011-06-15")).await;
    assert!(sts.body.contains("<ErrorResponse "), "{}", sts.body);
    assert_eq!(sts.xml_error(), (403, "MissingAuthenticationToken".into()));

    let drs = send(asker.post("/DescribeJobs").json(&json!({}))).await;
    assert_eq!(drs.status, 403);
    assert_eq!(drs.error_type.as_deref(), Some("MissingAuthenticationTokenException"));

    let target = "ServiceQuotasV20190624.ListServiceQuotas";
    let quotas = send(asker.post("/").header("x-amz-target", target).json(&json!({}))).await;
    assert_eq!(quotas.json()["__type"], "MissingAuthenticationTokenException");
    assert!(asker.standin.calls().is_empty());
}

#[tokio::test]
async fn a_key_of_no_account_and_a_region_of_none_are_refused() {
    let mut asker = Asker::start().await;
    asker.region = "us-gov-west-1";
    assert_eq!(asker.ec2(&[("Action", "DescribeSubnets")]).await.xml_error(), (401, "AuthFailure".into()));
    let sts = asker.form("sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(sts.xml_error(), (403, "InvalidClientTokenId".into()));
    let drs = asker.drs("DescribeJobs", json!({})).await;
    assert_eq!(drs.error_type.as_deref(), Some("UnrecognizedClientException"));

    asker.region = "us-east-1";
    let foreign = asker.authorization("ec2").replace("STANDIN", "AKIA");
    let request = asker.post("/").header("authorization", foreign);
    let ec2 = send(request.body("Action=DescribeSubnets")).await;
    assert_eq!(ec2.xml_error(), (401, "AuthFailure".into()));
}

#[tokio::test]
async fn an_unknown_operation_is_answered_as_aws_does() {
    let asker = Asker::start().await;
    let ec2 = asker.ec2(&[("Action", "DescribeWeather")]).await;
    assert_eq!(ec2.xml_error(), (400, "InvalidAction".into()));
    let sts = asker.form("sts", &[("Action", "DescribeSubnets")]).await;
    assert_eq!(sts.xml_error(), (400, "InvalidAction".into()));
    let drs = asker.drs("DescribeWeather", json!({})).await;
    assert_eq!(drs.error_type.as_deref(), Some("UnknownOperationException"));
    let quotas = asker.quotas("DescribeWeather", json!({})).await;
    assert_eq!(quotas.json()["__type"], "UnknownOperationException");
    let unserved = asker.form("iam", &[("Action", "ListUsers"), ("Version", "2010-05-08")]).await;
    assert_eq!(unserved.xml_error(), (400, "InvalidAction".into()));
    assert!(asker.standin.calls().is_empty());
}

#[tokio::test]
async fn the_account_follows_from_the_access_key() {
    let mut asker = Asker::start().await;
    for (account, id) in ["111122223333", "444455556666"].into_iter().enumerate() {
        asker.account = account;
        let root = asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
        let result = root.child("GetCallerIdentityResult");
        assert_eq!(result.child("Account").text, id);
        assert_eq!(result.child("Arn").text, format!("arn:aws:iam::{id}:user/larder"));
        assert!(!root.child("ResponseMetadata").child("RequestId").text.is_empty());
    }
}

#[tokio::test]
async fn keys_of_nobody_are_the_first_account_s_where_that_is_asked_for() {
    let config = Config { unknown_keys: UnknownKeys::OfFirstAccount, ..Config::default() };
    let mut asker = Asker::with(config).await;
    asker.session = Some(Session { access_key_id: "ASIAOFANOTHEREMULATO".to_owned(), token: "token".to_owned() });
    let root = asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
    assert_eq!(root.child("GetCallerIdentityResult").child("Account").text, "111122223333");
    (asker.session, asker.account) = (None, 1);
    let root = asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
    assert_eq!(
        root.child("GetCallerIdentityResult").child("Account").text,
        "444455556666",
        "a known key stays its own"
    );
}
