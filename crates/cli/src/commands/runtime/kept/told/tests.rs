use clap::Parser;
use larder_app::problem::Code;
use larder_app::runtime::Failed;
use larder_app::{account_of_text, region_of_text};

use super::*;
use crate::arguments::{Arguments, Command};

/// What is told of no server, where such a line was typed.
fn of_nobody(line: &str, asked: &AskedServers, report: CalculationReport) -> Round {
    round_of(line, asked, report, Vec::new())
}

fn round_of(line: &str, asked: &AskedServers, report: CalculationReport, progress: Vec<PlaceProgress>) -> Round {
    let typed = format!("larder runtime {line}");
    let typed = Arguments::try_parse_from(typed.split_whitespace()).expect("it is right");
    let Command::Runtime(runtime) = typed.command else { panic!("another command") };
    let month = "2025-11".parse().expect("a month");
    let month = MonthOfServers { month, servers: Vec::new(), next_cursor: None, progress };
    let given = Given::new(None, typed.json);
    Told { month, report }.round(&given, &runtime, asked).expect("it is told")
}

fn failing(code: Code) -> CalculationReport {
    let (account_id, region) = (Some("111122223333".to_owned()), Some("us-east-1".to_owned()));
    let failed = Failed { account_id, region, code, reason: "no".to_owned(), instance_ids: Vec::new() };
    CalculationReport { failed: vec![failed], ..CalculationReport::default() }
}

#[test]
fn that_there_is_no_server_is_said_of_what_was_asked_for() {
    let said = |line: &str, asked: &AskedServers| {
        of_nobody(line, asked, CalculationReport::default()).beside.expect("something is said")
    };
    let all = AskedServers::default();
    assert_eq!(said("", &all), "there is no server with the app tag (LARDER_APP_TAG)");
    assert_eq!(said("--url http://127.0.0.1:1", &all), "there is no server with the app tag");
    let accounts = vec![account_of_text("111122223333").expect("12 digits")];
    let regions = vec![region_of_text("eu-west-1").expect("a region")];
    for asked in [AskedServers { accounts, ..all.clone() }, AskedServers { regions, ..all.clone() }] {
        assert_eq!(
            said("", &asked),
            "there is no server with the app tag (LARDER_APP_TAG) in these accounts and regions"
        );
    }
}

#[test]
fn where_something_failed_nobody_knows_that_there_is_no_server() {
    let round = of_nobody("", &AskedServers::default(), failing(Code::AccessDenied));
    assert_eq!(round.beside.as_deref(), Some("failed: 111122223333 us-east-1: no."));
}

#[test]
fn a_watch_goes_on_and_else_the_code_says_whose_fault_it_is() {
    let exit = |line, report| of_nobody(line, &AskedServers::default(), report).exit;
    assert_eq!(exit("", CalculationReport::default()), Exit::Nothing);
    assert_eq!(exit("", failing(Code::AwsCredentials)), Exit::Denied);
    assert_eq!(exit("", failing(Code::UpstreamThrottled)), Exit::Aws);
    assert_eq!(exit("--watch", failing(Code::AwsCredentials)), Exit::Done);
    assert_eq!(exit("--watch", CalculationReport::default()), Exit::Done);
}

#[test]
fn a_round_of_many_is_a_line_for_programs() {
    let lines = |line| of_nobody(line, &AskedServers::default(), CalculationReport::default()).answer.lines().count();
    assert_eq!(lines("--json --watch"), 1);
    assert!(lines("--json") > 1, "people read it too");
    assert_eq!(lines(""), 0);
}

#[test]
fn what_the_deadline_left_is_said() {
    let left = |remaining, places: &[&str]| {
        let unfinished = places.iter().map(|place| (*place).to_owned()).collect();
        let report = CalculationReport { remaining, unfinished, ..CalculationReport::default() };
        of_nobody("", &AskedServers::default(), report).beside.expect("something is said")
    };
    let says = |said: String, line: &str| assert!(said.lines().any(|said| said == line), "{line}: {said}");
    says(left(3, &["a", "b"]), "3 servers and events of 2 accounts and regions were left: run it again");
    says(left(1, &[]), "1 server was left: run it again");
    says(left(2, &[]), "2 servers were left: run it again");
    says(left(0, &["a"]), "events of an account and region were left: run it again");
    assert!(!left(0, &[]).contains("left"));
}

#[test]
fn what_failed_for_another_larder_is_told_and_no_day_is_missing_that_is_not() {
    let beside = |missing: &[&str]| {
        let place = PlaceProgress {
            account_id: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            covered_days: vec!["2025-11-01".to_owned()],
            missing_days: missing.iter().map(|day| (*day).to_owned()).collect(),
            failure: Some("ec2:DescribeInstances was denied.".to_owned()),
        };
        round_of("--url http://127.0.0.1:1", &AskedServers::default(), CalculationReport::default(), vec![place])
            .beside
            .expect("something is said")
    };
    let failed = "failed: 111122223333 us-east-1: ec2:DescribeInstances was denied.";
    assert_eq!(beside(&[]).lines().next(), Some(failed));
    assert_eq!(beside(&[]).lines().count(), 1, "neither a day that is missing nor that there is no server");
    assert!(beside(&["2025-11-02"]).contains("not all is known yet: CloudTrail's events of 1 of 2 days"));
}

#[test]
fn days_are_counted_over_all_accounts_and_regions() {
    let place = |region: &str, covered: usize, missing: usize| PlaceProgress {
        account_id: "111122223333".to_owned(),
        region: region.to_owned(),
        covered_days: vec!["2025-11-01".to_owned(); covered],
        missing_days: vec!["2025-11-02".to_owned(); missing],
        failure: None,
    };
    assert_eq!(how_far(&[]), None);
    assert_eq!(how_far(&[place("us-east-1", 0, 0)]), None, "the month began just now");
    let one = how_far(&[place("us-east-1", 2, 1)]);
    assert_eq!(one.as_deref(), Some("CloudTrail's events of 2 of 3 days of an account and region were read"));
    let two = how_far(&[place("us-east-1", 2, 1), place("eu-west-1", 0, 3)]);
    assert_eq!(two.as_deref(), Some("CloudTrail's events of 2 of 6 days of 2 accounts and regions were read"));
}
