use std::time::Duration;

use jiff::Timestamp;
use larder_standin::{CalledOperation, Config};
use larder_tests::real_data;

use crate::ask::{Asker, Reply, Session};
use crate::model::gunzip;

impl Asker {
    pub(crate) async fn assume(&self, arn: &str, external_id: &str) -> Reply {
        self.assume_role(&[("RoleArn", arn), ("ExternalId", external_id), ("RoleSessionName", "larder")]).await
    }

    async fn assume_role(&self, parameters: &[(&str, &str)]) -> Reply {
        let form = [("Action", "AssumeRole"), ("Version", "2011-06-15")].iter().chain(parameters);
        self.form("sts", &form.copied().collect::<Vec<_>>()).await
    }

    /// Asks from now on as the second account's role.
    async fn become_the_second_account(&mut self) -> Timestamp {
        let account = self.standin.fleet().accounts()[1].clone();
        let root = self.assume(&account.role_arn(), &account.external_id()).await.ok_xml();
        let credentials = root.child("AssumeRoleResult").child("Credentials");
        let text = |name: &str| credentials.child(name).text.clone();
        self.session = Some(Session { access_key_id: text("AccessKeyId"), token: text("SessionToken") });
        text("Expiration").parse().expect("a time")
    }
}

#[tokio::test]
async fn a_role_s_session_sees_its_own_account() {
    let mut asker = Asker::start().await;
    let first = asker.any("ec2").await.ok_xml();
    asker.become_the_second_account().await;

    let root = asker.any("sts").await.ok_xml();
    let identity = root.child("GetCallerIdentityResult");
    assert_eq!(identity.child("Account").text, "444455556666");
    assert_eq!(identity.child("Arn").text, "arn:aws:sts::444455556666:assumed-role/larder-read/larder");
    assert_eq!(identity.child("UserId").text, "AROASTANDIN444455556666:larder");

    let second = asker.any("ec2").await.ok_xml();
    assert_ne!(second.child("subnetSet"), first.child("subnetSet"));
    let own = asker.standin.fleet().subnets(asker.standin.fleet().accounts()[1].id(), "us-east-1");
    assert_eq!(second.child("subnetSet").children.len(), own.len());
    let call = |operation: &str, account_id: &str| CalledOperation {
        operation: operation.into(),
        account_id: account_id.into(),
        region: "us-east-1".into(),
    };
    assert_eq!(asker.standin.calls()[&call("sts:AssumeRole", "111122223333")], 1);
    assert_eq!(asker.standin.calls()[&call("ec2:DescribeSubnets", "444455556666")], 1);
}

#[tokio::test]
async fn a_role_needs_its_own_external_id() {
    let asker = Asker::start().await;
    let account = &asker.standin.fleet().accounts()[1];
    let (arn, id) = (account.role_arn(), account.external_id());
    assert_eq!((arn.as_str(), id.as_str()), ("arn:aws:iam::444455556666:role/larder-read", "larder-6666"));
    for (arn, id) in [
        (arn.as_str(), "larder-3333"),
        (arn.as_str(), ""),
        ("arn:aws:iam::444455556666:role/admin", id.as_str()),
        ("arn:aws:iam::999999999999:role/larder-read", id.as_str()),
    ] {
        let (status, code, message) = asker.assume(arn, id).await.error();
        assert_eq!((status, code.as_str()), (403, "AccessDenied"), "{arn} {id}");
        let expected = format!(
            "User: arn:aws:iam::111122223333:user/larder is not authorized to perform: sts:AssumeRole on resource: {arn}"
        );
        assert_eq!(message, expected);
    }
    let without = asker.assume_role(&[("RoleArn", &arn), ("RoleSessionName", "larder")]).await;
    assert_eq!(without.xml_error(), (403, "AccessDenied".into()));
}

#[tokio::test]
async fn an_expired_session_is_refused_in_each_service_s_words() {
    let mut asker = Asker::start().await;
    asker.become_the_second_account().await;
    for service in ["drs", "servicequotas", "ec2", "iam", "sts", "cloudtrail", "ce"] {
        assert_eq!(asker.any(service).await.status, 200, "{service}");
    }
    asker.standin.advance_clock(Duration::from_hours(1));
    for (service, status, code) in [
        ("drs", 403, "ExpiredTokenException"),
        ("servicequotas", 400, "ExpiredTokenException"),
        ("ec2", 400, "RequestExpired"),
        ("iam", 403, "ExpiredToken"),
        ("sts", 403, "ExpiredToken"),
        ("cloudtrail", 400, "ExpiredTokenException"),
        ("ce", 400, "ExpiredTokenException"),
    ] {
        let (found, name, _) = asker.any(service).await.error();
        assert_eq!((found, name.as_str()), (status, code), "{service}");
    }
    asker.session = None;
    asker.become_the_second_account().await;
    assert_eq!(asker.any("ec2").await.status, 200);
}

#[tokio::test]
async fn a_session_lasts_as_long_as_the_configuration_says() {
    let config = Config { session_lifetime: Some(Duration::from_secs(60)), ..Config::default() };
    let mut asker = Asker::with(config).await;
    asker.become_the_second_account().await;
    asker.standin.advance_clock(Duration::from_secs(30));
    assert_eq!(asker.any("sts").await.status, 200);
    asker.standin.advance_clock(Duration::from_secs(30));
    assert_eq!(asker.any("sts").await.xml_error(), (403, "ExpiredToken".into()));
}

#[tokio::test]
async fn another_session_s_token_is_no_good() {
    let mut asker = Asker::start().await;
    asker.become_the_second_account().await;
    let first = asker.session.clone().expect("a session");
    // Whoever has a role may assume one.
    asker.become_the_second_account().await;
    let second = asker.session.clone().expect("a session");
    assert_ne!(first.access_key_id, second.access_key_id);
    asker.session = Some(Session { token: first.token, ..second });
    assert_eq!(asker.any("sts").await.xml_error(), (403, "InvalidClientTokenId".into()));
    assert_eq!(asker.any("ec2").await.xml_error(), (401, "AuthFailure".into()));
}

#[tokio::test]
async fn what_is_no_role_or_session_is_a_validation_error() {
    let asker = Asker::start().await;
    let account = &asker.standin.fleet().accounts()[1];
    let (arn, id) = (account.role_arn(), account.external_id());
    let good = [("RoleArn", arn.as_str()), ("ExternalId", id.as_str()), ("RoleSessionName", "larder")];
    for (name, value, part) in [
        ("RoleSessionName", "a", "length greater than or equal to 2"),
        ("DurationSeconds", "899", "greater than or equal to 900"),
        ("DurationSeconds", "43201", "less than or equal to 43200"),
        ("DurationSeconds", "3601", "exceeds the MaxSessionDuration"),
        ("DurationSeconds", "long", "greater than or equal to 900"),
    ] {
        let parameters: Vec<_> = good.into_iter().filter(|it| it.0 != name).chain([(name, value)]).collect();
        let (status, code, message) = asker.assume_role(&parameters).await.error();
        assert_eq!((status, code.as_str()), (400, "ValidationError"), "{name}={value}");
        assert!(message.contains(part), "{message}");
    }
    for missing in ["RoleArn", "RoleSessionName"] {
        let parameters: Vec<_> = good.into_iter().filter(|it| it.0 != missing).collect();
        assert_eq!(asker.assume_role(&parameters).await.xml_error(), (400, "ValidationError".into()));
    }
    for seconds in ["900", "3600"] {
        let parameters: Vec<_> = good.into_iter().chain([("DurationSeconds", seconds)]).collect();
        asker.assume_role(&parameters).await.ok_xml();
    }
}

/// What AWS answered to the same parameters, word for word.
#[tokio::test]
async fn validation_errors_are_those_of_sts() {
    let Some(data) = real_data() else { return };
    let snapshot = gunzip(&data.join("aws-responses/localstack/test_sts.snapshot.json.gz"));
    let mut tests = snapshot.as_object().expect("tests").values().map(|test| &test["recorded-content"]);
    let recorded = tests.find(|recorded| recorded.get("malformed-arn").is_some()).expect("the test of bad arguments");
    let asker = Asker::start().await;
    let role = asker.standin.fleet().accounts()[1].role_arn();
    for (name, arn, session) in [
        ("malformed-arn", "nothing-valid-in-here", "session"),
        ("no-partition", "arn::b:::something/test-role", "session"),
        ("no-service", "arn:a::::something/test-role", "session"),
        ("not-enough-colons", "arn:a:::something/test-role", "session"),
        ("no-resource", "arn:a:a::aaaaaaaaaa:", "session"),
        ("invalid-session-name", &role, "Session1:2"),
    ] {
        let recorded = &recorded[name];
        let (status, code, message) =
            asker.assume_role(&[("RoleArn", arn), ("RoleSessionName", session)]).await.error();
        assert_eq!(recorded["ResponseMetadata"]["HTTPStatusCode"], status, "{name}");
        assert_eq!(recorded["Error"]["Code"], code, "{name}");
        assert_eq!(recorded["Error"]["Message"], message, "{name}");
    }
}
