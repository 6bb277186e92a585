use larder_sources::{FailureKind, FetchError};
use rstest::rstest;

use super::*;

fn list_app() -> TestApp {
    let test = TestApp::new();
    test.aws.answers("ec2-subnets", Ok(THREE_SUBNETS));
    test
}

#[tokio::test]
async fn the_second_answer_is_a_memory_hit_of_the_same_bytes() {
    let test = list_app();
    let first = get(&test, SUBNETS).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.body, THREE_SUBNETS.as_bytes());
    assert!(
        first.header("cache-status").starts_with("larder; fwd=miss; stored; ttl="),
        "{}",
        first.header("cache-status")
    );
    let asked = test.aws.asked();
    let second = get(&test, SUBNETS).await;
    assert_eq!(second.body, THREE_SUBNETS.as_bytes());
    assert!(second.header("cache-status").starts_with("larder; hit; ttl="));
    assert!(second.header("cache-status").ends_with("; detail=memory"));
    assert_eq!(second.header("etag"), first.header("etag"));
    assert!(second.header("etag").starts_with("W/\""));
    assert_eq!(second.header("cache-control"), "private, no-cache");
    assert!(second.header("vary").contains("Authorization"));
    assert!(second.header("age").parse::<u64>().is_ok());
    assert_eq!(second.header("content-type"), "application/json");
    // The own account is asked for each time: the fetcher keeps it, and the scripted one counts.
    assert_eq!(test.aws.asked(), asked + 1);
}

#[tokio::test]
async fn a_known_tag_is_answered_without_a_body() {
    let test = list_app();
    let etag = get(&test, SUBNETS).await.header("etag").to_owned();
    for line in [etag.as_str(), etag.trim_start_matches("W/"), "*", &format!("\"other\", {etag}")] {
        let got = get_with(&test, SUBNETS, &[("if-none-match", line)]).await;
        assert_eq!((got.status.as_u16(), got.body.len()), (304, 0), "{line}");
        assert_eq!(got.header("etag"), etag);
        assert!(got.header("cache-status").contains("hit"));
    }
    assert_eq!(get_with(&test, SUBNETS, &[("if-none-match", "\"other\"")]).await.status, 200);
}

#[tokio::test]
async fn a_list_is_paged_by_limit_and_cursor() {
    let test = list_app();
    let first = get(&test, "/ec2/subnets?region=us-east-1&limit=2").await.json();
    assert_eq!(first["subnets"].as_array().map(Vec::len), Some(2));
    let cursor = first["nextCursor"].as_str().expect("there is more");
    let second = get(&test, &format!("/ec2/subnets?region=us-east-1&limit=2&cursor={cursor}")).await.json();
    assert_eq!(second["subnets"][0]["subnetId"], "subnet-3");
    assert_eq!(second["nextCursor"], Value::Null);
}

#[tokio::test]
async fn an_answer_too_large_for_lambda_says_to_use_limit() {
    let test = TestApp::new();
    let items: Vec<_> =
        (0..50_000).map(|id| format!(r#"{{"subnetId":"subnet-{id:06}","tags":"{}"}}"#, "x".repeat(80))).collect();
    test.aws.answers("ec2-subnets", Ok(&format!(r#"{{"subnets":[{}]}}"#, items.join(","))));
    let got = get(&test, SUBNETS).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (413, "RESULT_TOO_LARGE"));
    assert!(got.json()["detail"].as_str().is_some_and(|detail| detail.contains("limit")));
    assert_eq!(get(&test, "/ec2/subnets?region=us-east-1&limit=1000").await.status, 200);
}

#[tokio::test]
async fn an_answer_that_escaping_makes_too_large_for_lambda_says_so_too() {
    let test = TestApp::new();
    let items: Vec<_> =
        (0..10_000).map(|id| format!(r#"{{"subnetId":"subnet-{id:06}","tags":"{}"}}"#, r#"\""#.repeat(200))).collect();
    let answer = format!(r#"{{"subnets":[{}]}}"#, items.join(","));
    assert!(answer.len() < 4_500_000, "{}", answer.len());
    test.aws.answers("ec2-subnets", Ok(&answer));
    let got = get(&test, SUBNETS).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (413, "RESULT_TOO_LARGE"));
}

#[rstest]
#[case("gzip")]
#[case("zstd")]
#[tokio::test]
async fn an_answer_is_compressed_as_the_client_accepts(#[case] encoding: &str) {
    let test = list_app();
    let got = get_with(&test, SUBNETS, &[("accept-encoding", encoding)]).await;
    assert_eq!(got.header("content-encoding"), encoding);
    let vary: Vec<_> =
        got.headers.get_all("vary").iter().map(|value| value.to_str().expect("text").to_lowercase()).collect();
    assert!(vary.join(",").contains("accept-encoding") && vary.join(",").contains("authorization"), "{vary:?}");
}

#[tokio::test]
async fn only_if_cached_asks_nothing_of_aws() {
    let test =
        TestApp::with(|configuration| configuration.own_account = larder_sources::AccountId::parse("111122223333"));
    let got = get_with(&test, SUBNETS, &[("cache-control", "only-if-cached")]).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str(), test.aws.asked()), (504, "NOT_CACHED", 0));
}

#[rstest]
#[case(FailureKind::AccessDenied, 403, "ACCESS_DENIED")]
#[case(FailureKind::Credentials, 403, "AWS_CREDENTIALS")]
#[case(FailureKind::Throttled, 503, "UPSTREAM_THROTTLED")]
#[case(FailureKind::Timeout, 504, "UPSTREAM_TIMEOUT")]
#[case(FailureKind::Unavailable, 503, "UPSTREAM_UNAVAILABLE")]
#[case(FailureKind::Rejected { code: "X".into() }, 502, "UPSTREAM_REJECTED")]
#[case(FailureKind::Malformed, 503, "UPSTREAM_MALFORMED")]
#[case(FailureKind::EndlessPages, 502, "UPSTREAM_ENDLESS")]
#[tokio::test]
async fn a_failure_of_aws_names_the_operation(#[case] kind: FailureKind, #[case] status: u16, #[case] code: &str) {
    let test = TestApp::new();
    test.aws.answers("ec2-subnets", Err(FetchError::new(kind, "ec2:DescribeSubnets", "no")));
    let got = get(&test, SUBNETS).await;
    let document = got.json();
    assert_eq!((got.status.as_u16(), document["code"].as_str()), (status, Some(code)));
    assert_eq!(document["operation"], "ec2:DescribeSubnets");
    assert!(document["detail"].as_str().is_some_and(|detail| detail.contains("ec2:DescribeSubnets")));
    assert_eq!(got.header("retry-after").is_empty(), code != "UPSTREAM_THROTTLED");
}

#[tokio::test]
async fn a_stale_answer_stands_in_and_says_why_but_not_for_access_denied() {
    let test = TestApp::with(|configuration| {
        configuration.cache.settings.negative_ttl = std::time::Duration::ZERO;
        for (_, windows) in &mut configuration.windows {
            windows.ttl = Some(std::time::Duration::ZERO);
            windows.stale_while_revalidate = Some(std::time::Duration::ZERO);
        }
    });
    test.aws.answers("ec2-subnets", Ok(THREE_SUBNETS));
    assert_eq!(get(&test, SUBNETS).await.status, 200);
    let failure = |kind| Err(FetchError::new(kind, "ec2:DescribeSubnets", "down"));
    test.aws.answers("ec2-subnets", failure(FailureKind::Unavailable));
    let got = get(&test, SUBNETS).await;
    assert_eq!((got.status.as_u16(), got.body.as_slice()), (200, THREE_SUBNETS.as_bytes()));
    let status = got.header("cache-status");
    assert!(status.starts_with("larder; fwd=stale; fwd-status=503; ttl=-"), "{status}");
    assert!(status.contains("ec2:DescribeSubnets UPSTREAM_UNAVAILABLE"), "{status}");
    test.aws.answers("ec2-subnets", failure(FailureKind::AccessDenied));
    assert_eq!(get(&test, SUBNETS).await.problem(), "ACCESS_DENIED");
}

#[tokio::test]
async fn a_panic_is_a_problem() {
    let router = Router::new()
        .route("/", axum::routing::get(|| async { panic!("on purpose") as &str }))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(crate::http::refusal::of_panic));
    let got = send(router, request("GET", "/", &[], Body::empty())).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (500, "INTERNAL"));
    assert!(!String::from_utf8_lossy(&got.body).contains("on purpose"));
}
