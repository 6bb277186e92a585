use larder_history::SqliteHistory;
use larder_sources::{FailureKind, FetchError};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::history_queries::HISTORY_QUERIES;
use crate::test_app::history_in_memory;

const INSTANCES: &str = "/ec2/api/accounts/111122223333/instances";
const SYNC: &str = "/ec2/api/accounts/111122223333/sync";
const COSTS: &str = "/api/cost-data?accountId=111122223333&from=2026-10-01&to=2026-10-03";

async fn test() -> TestApp {
    let test = TestApp::over(history_in_memory(SqliteHistory::in_memory().await.expect("a history")), |_| {});
    let regions = ["eu-west-1", "us-east-1"].map(|region| json!({"region": region, "optInStatus": "opted-in"}));
    test.aws.answers("ec2-regions", Ok(&json!({ "regions": regions }).to_string()));
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}"#));
    let cost = json!({"day": "2026-10-01", "service": "EC2", "currency": "USD", "unblended": "1.2300000000", "amortised": "1", "estimated": false});
    let costs = json!({"from": "2026-10-01", "to": "2026-10-03", "currency": "USD", "costs": [cost]});
    test.aws.answers("costs", Ok(&costs.to_string()));
    test.aws
        .answers("drs-accounts", Ok(r#"{"accounts":[{"accountId":"111122223333","name":"production","regions":[]}]}"#));
    test
}

async fn post_as(test: &TestApp, principal: Option<Principal>, uri: &str, body: &str) -> Got {
    send_as(test, principal, request("POST", uri, &[("content-length", &body.len().to_string())], body.to_owned()))
        .await
}

async fn post(test: &TestApp, uri: &str, body: &str) -> Got {
    post_as(test, Some(Principal::local()), uri, body).await
}

#[tokio::test]
async fn an_inventory_has_its_age_and_a_tag_that_saves_it_the_next_time() {
    let test = test().await;
    let first = get(&test, INSTANCES).await;
    assert_eq!((first.status.as_u16(), &first.json()["count"]), (200, &json!(4)));
    assert!(!first.header("age").is_empty() && first.header("cache-status").starts_with("larder; fwd=miss"));
    let again = get_with(&test, INSTANCES, &[("if-none-match", first.header("etag"))]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert!(!again.header("age").is_empty());
}

#[tokio::test]
async fn pages_of_an_inventory_are_asked_for_by_cursor() {
    let test = test().await;
    let first = get(&test, &format!("{INSTANCES}?limit=3")).await.json();
    assert_eq!(first["instances"].as_array().map(Vec::len), Some(3));
    let cursor = first["nextCursor"].as_str().expect("there is more");
    let rest = get(&test, &format!("{INSTANCES}?limit=3&cursor={cursor}")).await.json();
    assert_eq!(rest["instances"], json!([{"region": "us-east-1", "instanceId": "i-2"}]));
    assert_eq!(rest["nextCursor"], Value::Null);
}

#[rstest]
#[case(INSTANCES, "?limit=0", 400, "INVALID_LIMIT")]
#[case(INSTANCES, "?cursor=YWZ0ZXI6YQ", 400, "INVALID_CURSOR")]
#[case(INSTANCES, "?region=mars-1", 400, "UNKNOWN_REGION")]
#[case(INSTANCES, "?accountId=111122223333", 400, "UNKNOWN_PARAMETER")]
#[case("/ec2/api/accounts/1234/instances", "", 400, "INVALID_ACCOUNT")]
#[case("/snapshots/api/accounts/x/amis", "", 400, "INVALID_ACCOUNT")]
#[case(COSTS, "&granularity=week", 400, "INVALID_PARAMETER")]
#[case(COSTS, "&groupBy=colour", 400, "INVALID_PARAMETER")]
#[case(COSTS, "&metric=blended", 400, "INVALID_PARAMETER")]
#[case("/api/cost-data?from=2026-10-01", "", 400, "INVALID_PERIOD")]
#[case("/api/cost-data?accountId=1", "", 400, "INVALID_ACCOUNT")]
#[case("/history/syncs?failed=maybe", "", 400, "INVALID_PARAMETER")]
#[case("/history/syncs?limit=1001", "", 400, "INVALID_LIMIT")]
#[case("/history/movers?by=state", "", 400, "UNKNOWN_PARAMETER")]
#[case("/history/everything", "", 404, "NOT_FOUND")]
#[tokio::test]
async fn bad_words_are_refused_before_anything_is_asked(
    #[case] path: &str,
    #[case] query: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let test = test().await;
    let got = get(&test, &format!("{path}{query}")).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str(), test.aws.asked()), (status, code, 0));
}

#[rstest]
#[case("/ec2/api/accounts/444455556666/instances")]
#[case("/snapshots/api/accounts/444455556666/snapshots?region=us-east-1")]
#[case("/api/cost-data?accountId=111122223333,444455556666")]
#[case("/history/syncs?accountId=444455556666")]
#[case("/history/monthly-costs?accountId=444455556666")]
#[tokio::test]
async fn an_account_of_others_is_nobody_elses_business(#[case] uri: &str) {
    let test = test().await;
    let got = get_as(&test, reader("[acct-111122223333]"), uri).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str(), test.aws.asked()), (403, "FORBIDDEN_ACCOUNT", 0));
    let nobody = get_as(&test, None, uri).await;
    assert_eq!(nobody.problem(), "UNAUTHENTICATED");
}

#[rstest]
#[case(SYNC)]
#[case("/snapshots/api/accounts/111122223333/sync")]
#[case("/api/cost-data/sync")]
#[tokio::test]
async fn who_only_reads_syncs_nothing(#[case] uri: &str) {
    let test = test().await;
    let got = post_as(&test, reader("[acct-all]"), uri, "").await;
    assert_eq!((got.status.as_u16(), got.problem().as_str(), test.aws.asked()), (403, "FORBIDDEN", 0));
}

#[tokio::test]
async fn a_sync_tells_what_changed_and_its_records_tell_it_later() {
    let test = test().await;
    let done = post(&test, &format!("{SYNC}?region=us-east-1"), "").await.json();
    assert_eq!((&done["success"], &done["synced"], &done["failedRegions"]), (&json!(true), &json!(2), &json!([])));
    assert_eq!((&done["outcomes"][0]["kind"], &done["outcomes"][0]["added"]), (&json!("instances"), &json!(2)));
    let syncs = get(&test, "/history/syncs").await.json();
    assert_eq!((&syncs["syncs"][0]["by"], &syncs["syncs"][0]["added"]), (&json!("this machine"), &json!(2)));
    assert_eq!(get(&test, "/history/syncs?failed=true").await.json()["syncs"], json!([]));
}

#[tokio::test]
async fn a_sync_of_which_nothing_comes_is_no_success() {
    let test = test().await;
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeInstances", "no");
    test.aws.answers("ec2-instances", Err(denied));
    let got = post(&test, SYNC, "").await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (403, "ACCESS_DENIED"));
    assert_eq!(got.json()["failedRegions"][0]["kind"], "instances");
}

#[rstest]
#[case("", 200, "")]
#[case("{}", 200, "")]
#[case(r#"{"accountId":"111122223333"}"#, 200, "")]
#[case(r#"{"accountId":"1"}"#, 400, "INVALID_ACCOUNT")]
#[case(r#"{"accountID":"111122223333"}"#, 400, "UNKNOWN_FIELD")]
#[case(r#"{"accountId":111122223333}"#, 400, "INVALID_BODY")]
#[case("[]", 400, "INVALID_BODY")]
#[tokio::test]
async fn whose_costs_are_synced_may_stand_in_the_body(#[case] body: &str, #[case] status: u16, #[case] code: &str) {
    let test = test().await;
    let got = post(&test, "/api/cost-data/sync", body).await;
    assert_eq!(got.status.as_u16(), status, "{}", got.json());
    if status == 200 {
        assert_eq!(
            (&got.json()["outcomes"][0]["kind"], &got.json()["outcomes"][0]["added"]),
            (&json!("costs"), &json!(1))
        );
    } else {
        assert_eq!((got.problem().as_str(), test.aws.asked()), (code, 0));
    }
}

#[tokio::test]
async fn costs_are_series_of_exact_texts_with_where_they_are_from() {
    let test = test().await;
    let got = get(&test, COSTS).await;
    let told = got.json();
    assert_eq!(told["labels"], json!(["2026-10-01", "2026-10-02"]));
    let series = json!([{"name": "EC2", "currency": "USD", "amounts": ["1.23", "0"], "total": "1.23"}]);
    assert_eq!((&told["data"], &told["total"], &told["currency"]), (&series, &json!("1.23"), &json!("USD")));
    assert_eq!((&told["accounts"][0]["name"], &told["source"]), (&json!("production"), &json!("cache")));
    let again = get_with(&test, COSTS, &[("if-none-match", got.header("etag"))]).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn costs_before_those_that_aws_is_asked_for_are_of_the_history_or_unknown() {
    let test = test().await;
    let uri = "/api/cost-data?accountId=111122223333&from=2026-09-30&to=2026-10-02";
    let unknown = get(&test, uri).await.json();
    assert_eq!(
        (&unknown["data"][0]["amounts"], &unknown["incomplete"]),
        (&json!([null, "1.23"]), &json!(["2026-09-30"]))
    );
    let cost = json!({"day": "2026-09-30", "service": "EC2", "currency": "USD", "unblended": "7", "amortised": "7", "estimated": false});
    let before = json!({"from": "2026-09-01", "to": "2026-10-01", "currency": "USD", "costs": [cost]});
    test.aws.answers("costs", Ok(&before.to_string()));
    assert_eq!(post(&test, "/api/cost-data/sync", "").await.status, 200);
    let now = json!({"from": "2026-10-01", "to": "2026-10-03", "currency": null, "costs": []});
    test.aws.answers("costs", Ok(&now.to_string()));
    assert_eq!(invalidate(&test, "{}").await.status, 200);
    let told = get(&test, uri).await.json();
    assert_eq!((&told["data"][0]["amounts"], &told["source"]), (&json!(["7", "0"]), &json!("mixed")));
    assert_eq!(told["incomplete"], json!([]));
}

#[tokio::test]
async fn costs_that_aws_fails_to_tell_are_of_the_history_and_refused_ones_are_not() {
    let test = test().await;
    assert_eq!(post(&test, "/api/cost-data/sync", "").await.status, 200);
    for (kind, expected) in [(FailureKind::Throttled, 200), (FailureKind::AccessDenied, 403)] {
        test.aws.answers("costs", Err(FetchError::new(kind, "ce:GetCostAndUsage", "no")));
        assert_eq!(invalidate(&test, "{}").await.status, 200);
        let got = get(&test, COSTS).await;
        assert_eq!(got.status.as_u16(), expected, "{}", got.json());
        if expected == 200 {
            let told = got.json();
            assert_eq!(
                (&told["source"], &told["accounts"][0]["code"]),
                (&json!("history"), &json!("UPSTREAM_THROTTLED"))
            );
            assert_eq!(told["data"][0]["amounts"], json!(["1.23", "0"]));
        }
    }
}

#[tokio::test]
async fn without_a_history_its_routes_say_so_and_the_others_answer() {
    let test = TestApp::new();
    for query in HISTORY_QUERIES {
        assert_eq!(get(&test, &query.path()).await.problem(), "HISTORY_NOT_CONFIGURED");
    }
    for path in ["/history/syncs", "/history/status"] {
        let got = get(&test, path).await;
        assert_eq!((got.status.as_u16(), got.problem().as_str()), (404, "HISTORY_NOT_CONFIGURED"));
    }
    assert_eq!(get(&test, "/health").await.json()["history"], "absent");
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[]}"#));
    assert_eq!(get(&test, &format!("{INSTANCES}?region=us-east-1")).await.status, 200);
}
