use rstest::rstest;

use super::*;

async fn is_hit(test: &TestApp, uri: &str) -> bool {
    get(test, uri).await.header("cache-status").contains("; hit")
}

#[rstest]
#[case(r"{}", false, false, false)]
#[case(r#"{"dataType":"ec2-subnets"}"#, false, true, true)]
#[case(r#"{"region":"us-east-1"}"#, false, false, true)]
#[case(r#"{"accountId":"111122223333"}"#, false, false, false)]
#[case(r#"{"accountId":"444455556666"}"#, true, false, true)]
#[case(r#"{"dataType":"ec2-subnets","region":"eu-west-1"}"#, true, true, true)]
#[case(r#"{"dataType":"drs-quotas","region":"eu-west-1","purge":true}"#, true, true, false)]
#[tokio::test]
async fn an_invalidation_kills_exactly_what_matches(
    #[case] body: &str,
    #[case] subnets: bool,
    #[case] types: bool,
    #[case] quotas: bool,
) {
    let test = TestApp::new();
    let uris = [SUBNETS, "/ec2/instance-types?region=us-east-1", "/drs/quotas?region=eu-west-1"];
    for uri in uris {
        assert!(!is_hit(&test, uri).await);
    }
    let got = invalidate(&test, body).await;
    assert_eq!(got.status, 200, "{}", String::from_utf8_lossy(&got.body));
    let asked: Value = serde_json::from_str(body).expect("JSON");
    let done = got.json();
    assert_eq!(done["message"], "Cache invalidated");
    for field in ["dataType", "region", "accountId"] {
        assert_eq!(done[field], asked.get(field).cloned().unwrap_or_else(|| "*".into()), "{field}");
    }
    assert_eq!(done["epoch"]["counter"], 1);
    assert_eq!(done["epoch"]["incarnation"].as_str().map(str::len), Some(32));
    assert_eq!(done["effectiveWithinMs"], 2000);
    assert_eq!(done.get("purged").is_some(), asked.get("purge").is_some());
    for (uri, expected) in uris.into_iter().zip([subnets, types, quotas]) {
        assert_eq!(is_hit(&test, uri).await, expected, "{uri}");
    }
}

#[tokio::test]
async fn an_invalidation_without_a_store_is_no_success() {
    let test = TestApp::with(|configuration| configuration.cache.disabled = true);
    let got = invalidate(&test, "{}").await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (503, "STORE_UNAVAILABLE"));
}

#[tokio::test]
async fn without_a_store_questions_are_answered_and_health_says_why() {
    let test = TestApp::with(|configuration| configuration.cache.disabled = true);
    assert_eq!(get(&test, SUBNETS).await.status, 200);
    let health = get(&test, "/health").await.json();
    assert_eq!((&health["status"], &health["store"]), (&"ok".into(), &"absent".into()));
    assert_eq!(health["reason"], "switched off in /home/ann/larder.toml");
    assert_eq!(get(&test, "/cache/entries").await.problem(), "STORE_UNAVAILABLE");
    assert_eq!(get(&TestApp::new(), "/health").await.json()["store"], "ok");
}

#[tokio::test]
async fn health_tells_the_public_no_path() {
    let test = TestApp::with(|configuration| configuration.cache.disabled = true);
    let no_scope = [("token_use".to_owned(), "access".to_owned())].into();
    for principal in [None, Principal::from_claims(&no_scope, &[])] {
        let got = send_as(&test, principal, request("GET", "/health", &[], Body::empty())).await;
        let health = got.json();
        assert_eq!((got.status.as_u16(), &health["store"]), (200, &"absent".into()));
        assert!(health["reason"].as_str().is_some_and(|reason| reason.contains("log")), "{health}");
        assert!(!health.to_string().contains("/home"), "{health}");
    }
    let stats = get(&test, "/cache/stats").await.json();
    assert_eq!(stats["store"]["reason"], "switched off in /home/ann/larder.toml");
}

#[rstest]
#[case("ZWMyLXN1Ym5ldHMgZ2FyYmFnZQ")]
#[case("ZWMyLXN1Ym5ldHMgeHx5")]
#[case("ZWMyLXN1Ym5ldHMgNXxkcnMtcXVvdGFzI3VzLWVhc3QtMSMxMTExMjIyMjMzMzM")]
#[tokio::test]
async fn a_made_up_cursor_is_refused_and_the_store_stays_well(#[case] cursor: &str) {
    let test = TestApp::new();
    for _ in 0..5 {
        let got = get(&test, &format!("/cache/entries?dataType=ec2-subnets&cursor={cursor}")).await;
        assert_eq!((got.status.as_u16(), got.problem().as_str()), (400, "INVALID_CURSOR"));
    }
    assert_eq!(get(&test, "/health").await.json()["store"], "ok");
}

#[tokio::test]
async fn entries_are_paged_over_all_types_without_loss() {
    let test = TestApp::new();
    let regions = ["us-east-1", "us-west-2", "eu-west-1"];
    for path in ["/ec2/subnets", "/ec2/instance-types", "/drs/quotas"] {
        for region in regions {
            assert_eq!(get(&test, &format!("{path}?region={region}")).await.status, 200);
        }
    }
    let (mut keys, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&test, &format!("/cache/entries?limit=2{cursor}")).await.json();
        let entries = page["entries"].as_array().expect("a list");
        assert!(entries.len() <= 2);
        keys.extend(entries.iter().map(|entry| entry["key"].as_str().expect("a key").to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 9, "{keys:?}");
    let one = get(&test, "/cache/entries?dataType=ec2-subnets").await.json();
    assert_eq!(one["entries"].as_array().map(Vec::len), Some(3));
    assert_eq!(one["entries"][0]["dataType"], "ec2-subnets");
}

#[tokio::test]
async fn stats_are_of_this_process_and_count_by_type_and_layer() {
    let test = TestApp::new();
    for _ in 0..2 {
        get(&test, SUBNETS).await;
    }
    let got = get(&test, "/cache/stats").await;
    assert_eq!((got.header("cache-control"), got.header("vary")), ("private, no-cache", "Authorization"));
    let stats = got.json();
    assert_eq!(stats["scope"], "process");
    assert!(stats["since"].as_str().is_some_and(|since| since.ends_with('Z')));
    assert_eq!(stats["store"]["health"], "ok");
    assert!(stats["memoryBytes"].as_u64().is_some_and(|bytes| bytes > 0));
    assert_eq!(stats["dataTypes"]["ec2-subnets"]["memory"]["hits"], 1);
    assert_eq!(stats["dataTypes"]["ec2-subnets"]["upstream"]["hits"], 1);
}
