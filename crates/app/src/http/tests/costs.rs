use larder_history::{HistoryError, SqliteHistory};
use larder_sources::{FailureKind, FetchError};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::test_app::{TokioClock, history_in_memory};
use crate::wiring::OpenedHistory;

/// From the day before those that AWS is asked for.
const COSTS: &str = "/api/cost-data?accountId=111122223333&from=2026-09-30&to=2026-10-02";

fn with_costs(test: TestApp) -> TestApp {
    let cost = json!({"day": "2026-10-01", "service": "EC2", "currency": "USD", "unblended": "1.23", "amortised": "1", "estimated": false});
    let costs = json!({"from": "2026-10-01", "to": "2026-10-03", "currency": "USD", "costs": [cost]});
    test.aws.answers("costs", Ok(&costs.to_string()));
    test
}

fn of(groups: &str, scope: &str) -> Option<Principal> {
    let claims = [("token_use", "access"), ("username", "ann"), ("scope", scope), ("cognito:groups", groups)];
    let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[])
}

#[rstest]
#[case::a_reader("no-cache", "[acct-111122223333]", "larder/read", "300")]
#[case::a_reader("max-age=0", "[acct-all]", "larder/read", "300")]
#[case::an_administrator("no-cache", "[acct-111122223333 larder-admins]", "larder/admin", "0")]
#[tokio::test(start_paused = true)]
async fn only_an_administrator_has_aws_charge_for_what_is_fresh(
    #[case] cache_control: &str,
    #[case] groups: &str,
    #[case] scope: &str,
    #[case] age: &str,
    #[values("/costs?accountId=111122223333", "/api/cost-data?accountId=111122223333")] uri: &str,
) {
    let test = with_costs(TestApp::new());
    let ask = async |headers: &[(&str, &str)]| {
        let got = send_as(&test, of(groups, scope), request("GET", uri, headers, Body::empty())).await;
        assert_eq!(got.status, 200, "{}", got.json());
        got.header("age").to_owned()
    };
    assert_eq!(ask(&[]).await, "0");
    tokio::time::sleep(std::time::Duration::from_mins(5)).await;
    assert_eq!(ask(&[("cache-control", cache_control)]).await, age);
}

#[tokio::test(start_paused = true)]
async fn a_tag_of_costs_saves_them_until_aws_told_them_anew_or_failed() {
    let test = with_costs(TestApp::new());
    let ask = async |tag: &str, cache_control| {
        let headers = [("if-none-match", tag), ("cache-control", cache_control)];
        let got = get_with(&test, "/api/cost-data?accountId=111122223333", &headers).await;
        (got.status.as_u16(), got.header("etag").to_owned())
    };
    let (_, first) = ask("", "").await;
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    assert_eq!(ask(&first, "").await.0, 304);
    let (status, newer) = ask(&first, "no-cache").await;
    assert_eq!(status, 200, "the same amounts, told anew");
    test.aws.answers("costs", Err(FetchError::new(FailureKind::Unavailable, "ce:GetCostAndUsage", "no")));
    tokio::time::sleep(std::time::Duration::from_hours(7)).await;
    let (status, _) = ask(&newer, "").await;
    assert_eq!(status, 200, "the same amounts, and AWS fails");
}

#[tokio::test]
async fn days_of_which_the_history_fails_to_tell_are_unknown_and_say_why() {
    let down = || std::future::ready(Err(HistoryError::Unreachable(sqlx::Error::PoolTimedOut)));
    let history = OpenedHistory::when_asked("a test's".to_owned(), std::sync::Arc::new(TokioClock::new()), down);
    let test = with_costs(TestApp::over(history, |_| {}));
    let told = get(&test, COSTS).await.json();
    assert_eq!((&told["data"][0]["amounts"], &told["source"]), (&json!([null, "1.23"]), &json!("cache")));
    let earlier = &told["accounts"][0]["earlier"];
    assert_eq!((&earlier["code"], &earlier["asOf"]), (&json!("HISTORY_UNAVAILABLE"), &Value::Null), "{told}");
    assert_eq!(told["incomplete"], json!(["2026-09-30"]));
}

#[tokio::test]
async fn earlier_days_are_as_old_as_the_history_has_them() {
    let history = SqliteHistory::in_memory().await.expect("a history");
    let as_of = "2026-10-01T00:00:00Z".parse().expect("a moment");
    let days = |month| jiff::civil::date(2026, month, 1);
    let (account, by) = ("111122223333", "a test");
    let sync = larder_history::CostSync { account, from: days(8), to: days(10), as_of, by, rows: &[] };
    larder_history::History::store_costs(&history, &sync).await.expect("kept");
    let test = with_costs(TestApp::over(history_in_memory(history), |_| {}));
    let told = get(&test, COSTS).await.json();
    let account = &told["accounts"][0];
    assert_eq!((&account["source"], &account["earlier"]["asOf"]), (&json!("upstream"), &json!("2026-10-01T00:00:00Z")));
    assert_eq!((&told["source"], &told["incomplete"]), (&json!("mixed"), &json!([])));
    let age = |of: &Value| of["ageSeconds"].as_u64().expect("an age");
    assert!(age(account) < 60 && age(&told) == age(&account["earlier"]), "{told}");
}
