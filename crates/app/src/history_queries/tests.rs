use std::collections::BTreeSet;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use jiff::civil::date;
use larder_history::{CostRow, CostSync, History, Kind, Resource, ResourceSync, SqliteHistory};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::problem::{Code, Problem};
use crate::test_app::{OWN, TestApp, history_in_memory};
use crate::{App, Principal};

const OTHER: &str = "444455556666";

fn cost(month: i8, service: &str, amount: &str) -> CostRow {
    let amount = BigDecimal::from_str(amount).expect("a number");
    CostRow {
        day: date(2026, month, 5),
        service: service.to_owned(),
        currency: "USD".to_owned(),
        unblended: amount.clone(),
        amortised: amount,
        estimated: false,
    }
}

fn resource(id: &str, attributes: Value) -> Resource {
    let Value::Object(attributes) = attributes else { unreachable!() };
    Resource { id: id.to_owned(), attributes }
}

/// A history of two accounts, each with costs, a stopped instance and a snapshot of a volume that is gone.
async fn test() -> TestApp {
    let history = SqliteHistory::in_memory().await.expect("a history");
    let as_of = "2026-10-06T00:00:00Z".parse().expect("a moment");
    for account in [OWN, OTHER] {
        let rows = [cost(9, "EC2", "1.50"), cost(10, "EC2", "4.00"), cost(10, "S3", "0.10")];
        let (from, to) = (date(2026, 9, 1), date(2026, 11, 1));
        history.store_costs(&CostSync { account, from, to, as_of, by: "t", rows: &rows }).await.expect("kept");
        let instance = json!({"instanceId": "i-1", "state": "stopped", "instanceType": "m7g.large", "name": "web"});
        let snapshot = json!({"snapshotId": "snap-1", "volumeId": "vol-1", "volumeExists": false, "volumeSize": 8});
        for (kind, resource) in
            [(Kind::Instance, resource("i-1", instance)), (Kind::Snapshot, resource("snap-1", snapshot))]
        {
            let resources = [resource];
            let sync = ResourceSync { account, region: "us-east-1", kind, as_of, by: "t", resources: &resources };
            history.store_resources(&sync).await.expect("kept");
        }
    }
    TestApp::over(history_in_memory(history), |_| {})
}

/// Who may see one of the two.
fn reader() -> Principal {
    let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", "[acct-111122223333]")];
    let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[]).expect("a token")
}

async fn ask(app: &App, name: &str, words: &[(&str, &str)]) -> Result<HistoryAnswer, Problem> {
    let words = words.to_vec();
    let query = HistoryQuery::named(name).expect("a query");
    query.ask(app, &Principal::local(), &AskedHistory { accounts: None, words }).await
}

#[tokio::test]
async fn every_query_has_rows_with_just_its_columns() {
    let test = test().await;
    for query in HISTORY_QUERIES {
        let words: &[_] = match query.parameters.iter().any(|it| it.name == "month") {
            true => &[("month", "2026-10")],
            false => &[],
        };
        let answer =
            ask(&test.app, query.name, words).await.unwrap_or_else(|problem| panic!("{}: {problem}", query.name));
        let columns: BTreeSet<_> = query.columns.iter().map(|column| column.name).collect();
        assert!(!answer.rows.is_empty(), "{} tells nothing", query.name);
        for row in &answer.rows {
            assert_eq!(row.keys().map(String::as_str).collect::<BTreeSet<_>>(), columns, "{}", query.name);
        }
        assert_eq!(
            answer.as_of.map(|as_of| as_of.to_string()).as_deref(),
            Some("2026-10-06T00:00:00Z"),
            "{}",
            query.name
        );
    }
}

#[tokio::test]
async fn a_caller_is_told_of_his_accounts_only() {
    let test = test().await;
    let reader = reader();
    for query in HISTORY_QUERIES.iter().filter(|query| query.columns.iter().any(|it| it.name == "accountId")) {
        let asked = |accounts| AskedHistory { accounts, words: vec![("month", "2026-10")] };
        let told = query.ask(&test.app, &reader, &asked(None)).await.expect("told");
        let accounts: BTreeSet<_> = told.rows.iter().map(|row| row["accountId"].as_str().unwrap_or_default()).collect();
        assert_eq!(accounts, BTreeSet::from([OWN]), "{}", query.name);
        let refused = query.ask(&test.app, &reader, &asked(Some(OTHER))).await.expect_err("not his");
        assert_eq!(refused.code(), Code::ForbiddenAccount);
    }
}

#[tokio::test]
async fn amounts_are_exact_and_a_move_is_told_against_the_month_before() {
    let test = test().await;
    let movers = ask(&test.app, "movers", &[("month", "2026-10"), ("limit", "1")]).await.expect("told");
    assert_eq!(movers.rows.len(), 1);
    let row = &movers.rows[0];
    assert_eq!((&row["cost"], &row["before"], &row["change"]), (&json!("4"), &json!("1.5"), &json!("2.5")));
    assert_eq!((&row["through"], &row["complete"]), (&json!("2026-10-05"), &json!(false)));
    let months = ask(&test.app, "monthly-costs", &[("from", "2026-09-10"), ("to", "2026-10-02")]).await.expect("told");
    let complete: Vec<_> = months.rows.iter().map(|row| (&row["month"], &row["complete"])).collect();
    let (whole, part) = ((&json!("2026-09-01"), &json!(true)), (&json!("2026-10-01"), &json!(false)));
    assert_eq!(complete, [whole, whole, part, part, part, part], "whole months are told, as far as they are known");
}

#[tokio::test]
async fn several_are_as_old_as_the_oldest_of_them() {
    let history = SqliteHistory::in_memory().await.expect("a history");
    for (account, region, day) in [(OWN, "us-east-1", 4), (OWN, "eu-west-1", 2), (OTHER, "us-east-1", 3)] {
        for hour in [8, 9] {
            let as_of = format!("2026-10-0{day}T0{hour}:00:00Z").parse().expect("a moment");
            let (kind, by, resources) = (Kind::Instance, "t", &[][..]);
            let sync = ResourceSync { account, region, kind, as_of, by, resources };
            history.store_resources(&sync).await.expect("kept");
        }
    }
    let app = TestApp::over(history_in_memory(history), |_| {}).app;
    let query = HistoryQuery::named("stopped-instances").expect("a query");
    for (accounts, expected) in [(None, 2), (Some(OTHER), 3)] {
        let asked = AskedHistory { accounts, words: Vec::new() };
        let told = query.ask(&app, &Principal::local(), &asked).await.expect("told");
        assert_eq!(told.as_of.map(|it| it.to_string()), Some(format!("2026-10-0{expected}T09:00:00Z")));
    }
}

#[rstest]
#[case("monthly-costs", &[("month", "2026-13")], Code::InvalidPeriod)]
#[case("monthly-costs", &[("month", "October")], Code::InvalidPeriod)]
#[case("monthly-costs", &[("month", "2026-10"), ("from", "2026-10-01"), ("to", "2026-10-02")], Code::InvalidPeriod)]
#[case("daily-costs", &[("from", "2026-10-01")], Code::InvalidPeriod)]
#[case("instances-over-time", &[("from", "2024-10-01"), ("to", "2026-10-01")], Code::InvalidPeriod)]
#[case("instances-over-time", &[("by", "colour")], Code::InvalidParameter)]
#[case("movers", &[("limit", "0")], Code::InvalidLimit)]
#[case("movers", &[("metric", "blended")], Code::InvalidParameter)]
#[tokio::test]
async fn words_that_are_wrong_are_refused(#[case] name: &str, #[case] words: &[(&str, &str)], #[case] code: Code) {
    let test = test().await;
    assert_eq!(ask(&test.app, name, words).await.expect_err("refused").code(), code);
}

#[test]
fn names_are_told_apart() {
    let names: BTreeSet<_> = HISTORY_QUERIES.iter().map(|query| query.name).collect();
    assert_eq!(names.len(), HISTORY_QUERIES.len());
    assert!(HISTORY_QUERIES.iter().all(|query| !query.summary.ends_with('.')));
}

#[tokio::test]
async fn the_report_says_what_is_kept_and_where() {
    let test = test().await;
    let report = test.app.history_report(&Principal::local()).await.expect("told");
    assert!(report.database.starts_with("SQLite ") && report.size_bytes > Some(0), "{report:?}");
    assert!(report.tables.iter().any(|table| table.name == "cost_data" && table.rows == 6), "{report:?}");
    assert_eq!(report.last_sync.map(|sync| sync.by), Some("t".to_owned()));
}

#[tokio::test]
async fn the_report_tells_a_reader_of_some_accounts_nothing_of_the_others() {
    let test = test().await;
    let report = test.app.history_report(&reader()).await.expect("told");
    assert!(report.database.starts_with("SQLite "), "{report:?}");
    assert_eq!((report.tables.len(), report.size_bytes, report.description), (0, None, None));
    assert_eq!(report.last_sync.map(|sync| sync.account_id), Some(OWN.to_owned()));
}
