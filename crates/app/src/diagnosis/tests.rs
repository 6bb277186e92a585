use std::collections::BTreeSet;

use bytes::Bytes;
use larder_sources::{
    ASSUME_ROLE, AccountEntry, Caller, FailureKind, FetchError, Region, RegisteredAccount, data_type,
};
use rstest::rstest;

use super::*;
use crate::{AccountId, ChosenRegions};

const ROLE: &str = "arn:aws:iam::444455556666:role/larder-read";
const US: &str = "arn:aws:sts::111122223333:assumed-role/Developer/ann";

fn caller() -> Caller {
    Caller { account: AccountId::parse("111122223333").expect("12 digits"), arn: US.to_owned() }
}

fn account(role: Option<&str>, external_id: Option<&str>) -> RegisteredAccount {
    let entry = AccountEntry {
        account_id: "444455556666".to_owned(),
        role_arn: role.map(str::to_owned),
        external_id: external_id.map(str::to_owned),
        ..AccountEntry::default()
    };
    entry.try_into().expect("an account")
}

fn region(name: &str) -> Region {
    Region::parse(name).expect("a region")
}

fn failure(kind: FailureKind, operation: &str) -> FetchError {
    FetchError::new(kind, operation, "AWS's words.")
}

/// What is found of an account where these were answered so, in us-east-1 and eu-west-1 each.
fn findings(answers: &[(&str, &Outcome)], regions_from: RegionsFrom) -> Vec<Finding> {
    let regions = ["eu-west-1", "us-east-1"].map(region);
    let answered = answers.iter().flat_map(|(name, outcome)| {
        let data_type = data_type(name).expect("a row");
        regions.map(|region| Answered { data_type, region: Some(region), outcome: (*outcome).clone() })
    });
    let examined = AccountExamined {
        account: account(Some(ROLE), None),
        role: Ok(()),
        regions: regions.to_vec(),
        regions_from,
        answers: answered.collect(),
    };
    let (registry, unknown) = (Vec::new(), Vec::new());
    Diagnosis { caller: Ok(caller()), registry, unknown, accounts: vec![examined] }.findings()
}

#[test]
fn what_is_denied_alike_is_one_finding_and_comes_before_what_failed() {
    let denied = Outcome::Failed(failure(FailureKind::AccessDenied, "drs:DescribeSourceServers"));
    let throttled = Outcome::Failed(failure(FailureKind::Throttled, "ec2:DescribeSubnets"));
    let answers = [
        ("ec2-subnets", &throttled),
        ("drs-quotas", &denied),
        ("drs-source-servers", &denied),
        ("ec2-regions", &Outcome::Allowed),
    ];
    let found = findings(&answers, RegionsFrom::Usable);
    assert_eq!(found.iter().map(|it| it.severity).collect::<Vec<_>>(), [Severity::Denied, Severity::AwsFailed]);
    let all = "444455556666: drs:DescribeSourceServers is denied in eu-west-1, us-east-1, needed for drs-quotas and \
               drs-source-servers: AWS's words.";
    assert_eq!(found[0].what, all);
    let advice = found[0].advice.as_deref().expect("advice");
    assert!(advice.contains(ROLE) && advice.contains("--type drs-quotas --type drs-source-servers"), "{advice}");
}

#[test]
fn what_is_no_failure_is_a_note_or_nothing() {
    let answers = [("drs-quotas", &Outcome::NotInitialized), ("ec2-subnets", &Outcome::NotOffered)];
    let found = findings(&answers, RegionsFrom::Configured);
    assert!(found.iter().all(|it| it.severity == Severity::Note), "{found:?}");
    let said: Vec<_> = found.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("DRS is not initialised in eu-west-1, us-east-1"), "{said:?}");
    assert!(said[1].contains("only eu-west-1, us-east-1 was asked"), "{said:?}");
}

#[rstest]
#[case(
    FailureKind::AccessDenied,
    Severity::Denied,
    "trust policy names arn:aws:sts::111122223333:assumed-role/Developer/ann"
)]
#[case(FailureKind::Credentials, Severity::Denied, "aws sso login")]
#[case(FailureKind::Timeout, Severity::AwsFailed, "STS can't be reached")]
#[case(FailureKind::Throttled, Severity::AwsFailed, "Try again")]
fn a_role_that_can_not_be_assumed_is_told_with_what_to_do(
    #[case] kind: FailureKind,
    #[case] severity: Severity,
    #[case] advice: &str,
) {
    let found = role_finding(&account(Some(ROLE), Some("larder-6666")), &caller(), &failure(kind, ASSUME_ROLE));
    assert_eq!(found.severity, severity);
    let told = found.advice.expect("advice");
    assert!(told.contains(advice) && !told.contains("larder-6666"), "{told}");
}

#[test]
fn whether_an_external_id_is_registered_is_said() {
    let denied = failure(FailureKind::AccessDenied, ASSUME_ROLE);
    let advice =
        |external_id| role_finding(&account(Some(ROLE), external_id), &caller(), &denied).advice.expect("advice");
    assert!(advice(Some("larder-6666")).contains("the external id that is registered"));
    assert!(advice(None).contains("no external id, since none is registered"));
    let without = role_finding(&account(None, None), &caller(), &denied).advice.expect("advice");
    assert!(without.contains("larder accounts add 444455556666 --role-arn"), "{without}");
}

#[test]
fn the_regions_asked_are_the_named_the_usable_or_the_configured() {
    let usable = br#"{"regions":[{"region":"us-east-1","optInStatus":"opted-in"},{"region":"eu-west-1","optInStatus":"not-opted-in"}]}"#;
    let known = Ok(Bytes::from_static(usable));
    let unknown = Err(failure(FailureKind::AccessDenied, "ec2:DescribeRegions"));
    let [us, eu] = ["us-east-1", "eu-west-1"].map(region);
    let named = ChosenRegions::These(BTreeSet::from([us, eu]));
    let of = |asked: &ChosenRegions, configured, answer| {
        let found = regions::Regions::of(asked, configured, answer);
        (found.asked.into_iter().collect::<Vec<_>>(), found.not_enabled.into_iter().collect::<Vec<_>>(), found.from)
    };
    assert_eq!(of(&named, None, &known), (vec![eu, us], vec![eu], RegionsFrom::Named));
    assert_eq!(of(&named, None, &unknown), (vec![eu, us], vec![], RegionsFrom::Named));
    assert_eq!(of(&ChosenRegions::All, Some(eu), &known), (vec![us], vec![], RegionsFrom::Usable));
    assert_eq!(of(&ChosenRegions::All, Some(eu), &unknown), (vec![eu], vec![], RegionsFrom::Configured));
    assert_eq!(of(&ChosenRegions::All, None, &unknown), (vec![], vec![], RegionsFrom::Unknown));
}
