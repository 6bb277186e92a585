use std::time::Duration;

use larder_standin::{Fault, FaultKind, Lasts};
use serde_json::{Value, json};

use crate::ask::Asker;

/// Status and code of each refusal, from the services' models, "Common errors" of their API references and what they
/// are known to answer.
const SPELLED: [(FaultKind, &str, u16, &str); 35] = [
    (FaultKind::Throttled, "drs", 429, "ThrottlingException"),
    (FaultKind::Throttled, "servicequotas", 400, "TooManyRequestsException"),
    (FaultKind::Throttled, "ec2", 503, "RequestLimitExceeded"),
    (FaultKind::Throttled, "iam", 400, "Throttling"),
    (FaultKind::Throttled, "sts", 400, "Throttling"),
    (FaultKind::Throttled, "cloudtrail", 400, "ThrottlingException"),
    (FaultKind::Throttled, "ce", 400, "LimitExceededException"),
    (FaultKind::AccessDenied, "drs", 403, "AccessDeniedException"),
    (FaultKind::AccessDenied, "servicequotas", 400, "AccessDeniedException"),
    (FaultKind::AccessDenied, "ec2", 403, "UnauthorizedOperation"),
    (FaultKind::AccessDenied, "iam", 403, "AccessDenied"),
    (FaultKind::AccessDenied, "sts", 403, "AccessDenied"),
    (FaultKind::AccessDenied, "cloudtrail", 400, "AccessDeniedException"),
    (FaultKind::AccessDenied, "ce", 400, "AccessDeniedException"),
    (FaultKind::ExpiredToken, "drs", 403, "ExpiredTokenException"),
    (FaultKind::ExpiredToken, "servicequotas", 400, "ExpiredTokenException"),
    (FaultKind::ExpiredToken, "ec2", 400, "RequestExpired"),
    (FaultKind::ExpiredToken, "iam", 403, "ExpiredToken"),
    (FaultKind::ExpiredToken, "sts", 403, "ExpiredToken"),
    (FaultKind::ExpiredToken, "cloudtrail", 400, "ExpiredTokenException"),
    (FaultKind::ExpiredToken, "ce", 400, "ExpiredTokenException"),
    (FaultKind::ServerError, "drs", 500, "InternalServerException"),
    (FaultKind::ServerError, "servicequotas", 500, "ServiceException"),
    (FaultKind::ServerError, "ec2", 500, "InternalError"),
    (FaultKind::ServerError, "iam", 500, "ServiceFailure"),
    (FaultKind::ServerError, "sts", 500, "InternalFailure"),
    (FaultKind::ServerError, "cloudtrail", 500, "InternalFailure"),
    (FaultKind::ServerError, "ce", 500, "InternalFailure"),
    (FaultKind::Unavailable, "drs", 503, "ServiceUnavailableException"),
    (FaultKind::Unavailable, "servicequotas", 503, "ServiceUnavailableException"),
    (FaultKind::Unavailable, "ec2", 503, "Unavailable"),
    (FaultKind::Unavailable, "iam", 503, "ServiceUnavailable"),
    (FaultKind::Unavailable, "sts", 503, "ServiceUnavailable"),
    (FaultKind::Unavailable, "cloudtrail", 503, "ServiceUnavailable"),
    (FaultKind::Unavailable, "ce", 503, "ServiceUnavailable"),
];

#[tokio::test]
async fn a_refusal_is_spelled_as_each_service_spells_it() {
    let asker = Asker::start().await;
    for (kind, service, status, code) in SPELLED {
        asker.standin.fault(Fault::on(&format!("{service}:*"), kind).for_calls(1));
        let (found, name, _) = asker.any(service).await.error();
        assert_eq!((found, name.as_str()), (status, code), "{kind:?} of {service}");
        assert_eq!(asker.any(service).await.status, 200, "{kind:?} is over for {service}");
    }
}

/// The README's table of refusals says what is tested here.
#[test]
fn the_readme_spells_refusals_the_same_way() {
    let readme = include_str!("../../README.md");
    let names = ["throttled", "access-denied", "expired-token", "server-error", "unavailable"];
    for (name, spelled) in names.into_iter().zip(SPELLED.chunks(7)) {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).expect(name);
        let cells: Vec<&str> = row.trim_matches('|').split('|').skip(2).map(str::trim).collect();
        let expected: Vec<String> = spelled.iter().map(|(_, _, status, code)| format!("{status} {code}")).collect();
        assert_eq!(cells, expected, "{name}");
    }
}

#[tokio::test]
async fn access_denied_names_who_and_what() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("*", FaultKind::AccessDenied));
    for (service, action) in [
        ("drs", "drs:DescribeJobs"),
        ("servicequotas", "servicequotas:ListServiceQuotas"),
        ("ec2", "ec2:DescribeSubnets"),
        ("iam", "iam:ListInstanceProfiles"),
        ("sts", "sts:GetCallerIdentity"),
        ("cloudtrail", "cloudtrail:LookupEvents"),
        ("ce", "ce:GetCostAndUsage"),
    ] {
        let (_, _, message) = asker.any(service).await.error();
        let part = format!("User: arn:aws:iam::111122223333:user/larder is not authorized to perform: {action}");
        assert!(message.contains(&part), "{message}");
        assert!(
            message.ends_with(&format!("because no identity-based policy allows the {action} action")),
            "{message}"
        );
    }
    let role = asker.standin.fleet().accounts()[1].role_arn();
    let (_, _, message) = asker.assume(&role, "larder-6666").await.error();
    assert!(message.ends_with(&format!("sts:AssumeRole on resource: {role}")), "{message}");
}

#[tokio::test]
async fn a_fault_is_of_an_operation_an_account_and_a_region() {
    let mut asker = Asker::start().await;
    let account = asker.standin.fleet().accounts()[1].id().clone();
    let fault = Fault::on("ec2:DescribeSubnets", FaultKind::Throttled).of_account(&account).in_region("eu-west-1");
    asker.standin.fault(fault);
    for (account, region, status) in
        [(0, "us-east-1", 200), (0, "eu-west-1", 200), (1, "us-east-1", 200), (1, "eu-west-1", 503)]
    {
        (asker.account, asker.region) = (account, region);
        assert_eq!(asker.any("ec2").await.status, status, "{account} {region}");
    }
    assert_eq!(asker.ec2(&[("Action", "DescribeRegions")]).await.status, 200);
    assert_eq!(asker.standin.call_count("ec2:DescribeSubnets"), 4);
}

#[tokio::test]
async fn faults_follow_each_other_and_end_by_calls_time_or_word() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("drs:DescribeJobs", FaultKind::Throttled).for_calls(2));
    asker.standin.fault(Fault::on("drs:*", FaultKind::AccessDenied).for_time(Duration::from_secs(60)));
    asker.standin.fault(Fault::on("*", FaultKind::ServerError));
    let status = async || asker.any("drs").await.status;
    assert_eq!([status().await, status().await, status().await], [429, 429, 403]);
    assert_eq!(asker.standin.faults().len(), 2);
    asker.standin.advance_clock(Duration::from_secs(59));
    assert_eq!(status().await, 403);
    asker.standin.advance_clock(Duration::from_secs(1));
    assert_eq!(status().await, 500);
    asker.standin.clear_faults();
    assert_eq!(status().await, 200);
    assert!(asker.standin.faults().is_empty());
}

#[tokio::test]
#[should_panic(expected = "the stand-in has no operation ec2:DescribeSubnet")]
async fn a_fault_of_no_operation_is_a_mistake() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("ec2:DescribeSubnet", FaultKind::Throttled));
}

#[tokio::test]
async fn faults_are_put_in_place_over_http_too() {
    let asker = Asker::start().await;
    let client = reqwest::Client::new();
    let url = format!("{}/_standin/faults", asker.standin.url());
    let post = async |fault: &Value| {
        let response = client.post(&url).json(fault).send().await.expect("an answer");
        (response.status().as_u16(), response.json::<Value>().await.expect("JSON"))
    };
    let throttled = json!({
        "operation": "ec2:DescribeSubnets", "accountId": "111122223333", "region": "us-east-1", "kind": "throttled",
        "calls": 2
    });
    assert_eq!(post(&throttled).await, (201, throttled.clone()));
    let slow = json!({ "operation": "drs:*", "kind": "slow", "milliseconds": 5, "seconds": 60 });
    assert_eq!(post(&slow).await.0, 201);
    assert_eq!(asker.standin.faults()[1].kind, FaultKind::Slow(Duration::from_millis(5)));
    assert_eq!(asker.standin.faults()[1].lasts, Lasts::For(Duration::from_secs(60)));

    assert_eq!(asker.any("ec2").await.xml_error(), (503, "RequestLimitExceeded".into()));
    let list = reqwest::get(&url).await.expect("an answer").json::<Value>().await.expect("JSON");
    assert_eq!((&list["faults"][0]["calls"], &list["faults"][1]), (&json!(1), &slow));

    for bad in [
        json!({ "operation": "ec2:DescribeSubnet", "kind": "throttled" }),
        json!({ "operation": "*", "kind": "rain" }),
        json!({ "operation": "*", "kind": "slow" }),
        json!({ "kind": "throttled" }),
    ] {
        let (status, body) = post(&bad).await;
        assert!(status == 400 && !body["error"].as_str().expect("why").is_empty(), "{bad}: {body}");
    }
    assert_eq!(asker.standin.faults().len(), 2);
    assert_eq!(client.delete(&url).send().await.expect("an answer").status(), 204);
    assert_eq!(asker.any("ec2").await.status, 200);
}
