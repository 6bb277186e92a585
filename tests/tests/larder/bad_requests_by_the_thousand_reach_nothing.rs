use crate::bad_request::{BadRequest, broken_bytes, made_by, requests};
use crate::door::{Door, Reply};
use crate::untouched::Untouched;
use crate::wire::{Ending, exchange};

/// How many are sent. Each is made by its number, which a failure tells.
const TO_SERVE: u64 = 8_500;
const BROKEN_TO_SERVE: u64 = 1_500;
const TO_QUERY_HANDLER: u64 = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_serve() {
    let untouched = Untouched::start(async |env| Door::serve(&[], env).await).await;
    let bad_requests = requests();
    for number in 0..TO_SERVE {
        let bad = made_by(&bad_requests, number);
        let answer =
            exchange(untouched.door.address(), &bad.bytes(untouched.door.address()), Ending::ByTheServer).await;
        let (status, content_type) = read(&answer).unwrap_or_else(|| panic!("number {number}: no answer: {bad:?}"));
        check(&untouched, number, &bad, status, content_type.as_deref());
    }
    untouched.check_counted_nothing().await;
    untouched.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_serve_in_no_http() {
    let untouched = Untouched::start(async |env| Door::serve(&[], env).await).await;
    let broken = broken_bytes();
    for number in 0..BROKEN_TO_SERVE {
        let broken = made_by(&broken, number);
        let answer = exchange(untouched.door.address(), &broken.0, Ending::BySender).await;
        let statuses: Vec<_> = read(&answer).into_iter().map(|(status, _)| status).collect();
        assert!(statuses.iter().all(|status| (400..500).contains(status)), "number {number}: {statuses:?}: {broken:?}");
        assert_eq!(untouched.calls_since(), 0, "number {number} reached AWS: {broken:?}");
    }
    untouched.check_counted_nothing().await;
    untouched.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_query_handler() {
    let untouched = Untouched::start(async |env| Door::function(env).await).await;
    let bad_requests = requests();
    // Others than those that `serve` gets.
    for number in TO_SERVE..TO_SERVE + TO_QUERY_HANDLER {
        let bad = made_by(&bad_requests, number);
        let headers: Vec<_> = bad.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let Reply { status, headers, .. } =
            untouched.door.send(&bad.method, &bad.target, &headers, Some(&bad.body)).await;
        check(&untouched, number, &bad, status, headers.get("content-type").map(String::as_str));
    }
    untouched.check_counted_nothing().await;
    untouched.check().await;
}

/// Holds what every one of them has to come to.
fn check(untouched: &Untouched, number: u64, bad: &BadRequest, status: u16, content_type: Option<&str>) {
    assert!((400..500).contains(&status), "number {number} gives {status}: {bad:?}");
    assert_eq!(content_type, Some("application/problem+json"), "number {number}: {bad:?}");
    assert_eq!(untouched.calls_since(), 0, "number {number} reached AWS: {bad:?}");
}

/// The status and content type of an answer in HTTP/1.1.
fn read(answer: &[u8]) -> Option<(u16, Option<String>)> {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let content_type = lines.find_map(|line| line.strip_prefix("content-type: "));
    Some((status, content_type.map(str::to_owned)))
}
