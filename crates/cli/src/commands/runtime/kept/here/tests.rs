use larder_app::Runtime;
use larder_app::runtime::{Failed, PlaceProgress};
use serde_json::json;

use super::*;

const NOW: &str = "2025-11-03T06:00:00Z";

fn second(text: &str) -> Second {
    text.parse().expect("ISO 8601")
}

/// An answer of that month until then, worked out at that time.
fn kept(month: &str, quality: Quality, until: &str, timestamp: Option<&str>) -> KeptAnswer {
    let answer = json!({
        "instanceId": "i-0123456789abcdef0", "accountId": "111122223333", "region": "us-east-1", "month": month,
        "minutes": 1.0, "lowerMinutes": 1.0, "upperMinutes": 1.0, "quality": quality, "approximateEndpoints": 0,
        "billedSeconds": 60, "asOf": until, "windowFrom": format!("{month}-01T00:00:00Z"), "windowTo": until,
        "sourceWatermark": null,
    });
    let answer: Runtime = serde_json::from_value(answer).expect("an answer");
    KeptAnswer { answer, timestamp: timestamp.map(second) }
}

fn of_month(month: &str, servers: Vec<KeptAnswer>) -> MonthOfServers {
    MonthOfServers { month: month.parse().expect("a month"), servers, next_cursor: None, progress: Vec::new() }
}

fn unread() -> PlaceProgress {
    PlaceProgress {
        account_id: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        covered_days: Vec::new(),
        missing_days: vec!["2025-10-31".to_owned()],
        failure: None,
    }
}

#[test]
fn the_current_month_is_old_after_an_hour_and_where_something_is_not_known() {
    let of =
        |quality, timestamp| is_old(&of_month("2025-11", vec![kept("2025-11", quality, NOW, timestamp)]), second(NOW));
    assert!(!of(Quality::Exact, Some("2025-11-03T05:00:00Z")));
    assert!(of(Quality::Exact, Some("2025-11-03T04:59:59Z")));
    assert!(of(Quality::Exact, None));
    assert!(of(Quality::Stale, Some(NOW)));
    assert!(is_old(&of_month("2025-11", Vec::new()), second(NOW)), "servers may have come");
    let recent = of_month("2025-11", vec![kept("2025-11", Quality::Exact, NOW, Some(NOW))]);
    assert!(is_old(&MonthOfServers { progress: vec![unread()], ..recent }, second(NOW)));
}

#[test]
fn an_earlier_month_is_old_until_all_of_it_was_told() {
    let of = |until| {
        let kept = kept("2025-10", Quality::Exact, until, Some("2025-11-01T00:10:00Z"));
        of_month("2025-10", vec![kept])
    };
    assert!(!is_old(&of("2025-11-01T00:00:00Z"), second(NOW)), "however long ago");
    assert!(is_old(&of("2025-10-31T23:30:00Z"), second(NOW)));
    assert!(is_old(&MonthOfServers { progress: vec![unread()], ..of("2025-11-01T00:00:00Z") }, second(NOW)));
}

fn denied() -> CalculationReport {
    let failed = Failed {
        account_id: Some("111122223333".to_owned()),
        region: None,
        code: Code::AccessDenied,
        reason: "ec2:DescribeRegions was denied.".to_owned(),
        instance_ids: Vec::new(),
    };
    CalculationReport { failed: vec![failed], ..CalculationReport::default() }
}

#[test]
fn what_was_left_or_failed_is_gone_on_with_soon() {
    assert_eq!(pause_after(&CalculationReport::default()), HOUR);
    assert_eq!(pause_after(&CalculationReport { remaining: 1, ..CalculationReport::default() }), SOON);
    let unfinished = ["111122223333#us-east-1".to_owned()].into();
    assert_eq!(pause_after(&CalculationReport { unfinished, ..CalculationReport::default() }), SOON);
    assert_eq!(pause_after(&denied()), SOON);
}

#[test]
fn why_nothing_is_there_comes_first_and_says_whose_fault_it_is() {
    let nothing = || Problem::new(Code::RuntimeNotReady, "Nothing yet.");
    let problem = after_failures(nothing(), &denied());
    let said = "111122223333: ec2:DescribeRegions was denied. Nothing yet.";
    assert_eq!((problem.code(), problem.detail()), (Code::AccessDenied, said));
    assert_eq!(after_failures(nothing(), &CalculationReport::default()), nothing());
    let table = after_failures(Problem::new(Code::StoreUnavailable, "No."), &denied());
    assert_eq!(table.code(), Code::StoreUnavailable, "the table's fault stays the table's");
}
