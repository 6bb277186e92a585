use super::*;

fn finding(severity: Severity) -> Finding {
    Finding { severity, what: "something".to_owned(), advice: None }
}

#[test]
fn the_worst_finding_decides_how_it_ends() {
    let exit_of = |severities: &[Severity]| exit(&severities.iter().copied().map(finding).collect::<Vec<_>>());
    assert_eq!(exit_of(&[]), Exit::Done);
    assert_eq!(exit_of(&[Severity::Note]), Exit::Done);
    assert_eq!(exit_of(&[Severity::Note, Severity::StoreFailed]), Exit::Failed);
    assert_eq!(exit_of(&[Severity::StoreFailed, Severity::AwsFailed]), Exit::Aws);
    assert_eq!(exit_of(&[Severity::AwsFailed, Severity::Denied, Severity::Note]), Exit::Denied);
}

#[test]
fn what_is_asked_is_each_once_and_right() {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(data_types(&[]).expect("all").len(), DATA_TYPES.len());
    let named = data_types(&names(&["ec2-subnets", "drs-quotas", "ec2-subnets"])).expect("two");
    assert_eq!(named.iter().map(|row| row.name).collect::<Vec<_>>(), ["drs-quotas", "ec2-subnets"]);
    assert_eq!(regions(&names(&["us-east-1", "all"])).expect("all"), RegionsAsked::All);
    assert!(regions(&names(&["us-esat-1"])).expect_err("none").to_string().contains("us-east-1"));
}
