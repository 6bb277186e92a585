use rstest::rstest;

use super::*;

fn throttled() -> Reply {
    refusal("ThrottlingException")
}

fn token_that_counts_no_longer() -> Reply {
    refusal("InvalidNextTokenException")
}

#[rstest]
#[case::throttled(throttled)]
#[case::failed(|| Reply::Http(500, String::new()))]
#[case::cut_off(|| Reply::Broken)]
#[tokio::test(start_paused = true)]
async fn a_page_that_fails_is_asked_again_and_the_pages_before_it_are_not(#[case] failure: fn() -> Reply) {
    let script = cloudtrail(move |asked| match (token_of(asked).as_deref(), asked.before) {
        (None, _) => page(&[("e3", 30)], Some("two")),
        (Some("two"), 1..=3) => failure(),
        (Some("two"), _) => page(&[("e2", 20)], Some("three")),
        _ => page(&[("e1", 10)], None),
    });
    assert_eq!(ids(&script).await.expect("events"), ["e1", "e2", "e3"]);
    assert_eq!(asked(&script).len(), 6);
}

#[tokio::test(start_paused = true)]
async fn who_is_throttled_asks_later_each_time_until_no_time_is_left() {
    let (clock, times) = (PausedClock::new(), Arc::new(std::sync::Mutex::new(Vec::new())));
    let script = cloudtrail({
        let (clock, times) = (clock.clone(), times.clone());
        move |_| {
            times.lock().expect("no panic inside").push(clock.elapsed().as_secs());
            throttled()
        }
    });
    let lookup = lookup(LookupBy::Name(RecordedName::StopInstances));
    let error = looking(&script, &clock, 10).every_event(&lookup, WITHIN).await.expect_err("throttled");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Throttled, LOOKUP_EVENTS));
    assert_eq!(*times.lock().expect("no panic inside"), [1, 2, 4, 8, 16, 32]);
    assert!(clock.elapsed() < WITHIN, "it says so as soon as it knows");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_counts_no_longer_makes_the_slice_be_read_again() {
    let script = cloudtrail(|asked| match (token_of(asked).as_deref(), asked.before) {
        (None, _) => page(&[("e3", 30), ("e2", 20)], Some(if asked.before == 0 { "old" } else { "new" })),
        (Some("old"), _) => token_that_counts_no_longer(),
        _ => page(&[("e1", 10)], None),
    });
    assert_eq!(ids(&script).await.expect("events"), ["e1", "e2", "e3"]);
    let tokens = asked(&script).iter().map(|asked| asked["NextToken"].clone()).collect::<Vec<_>>();
    assert_eq!(tokens, [Value::Null, json!("old"), Value::Null, json!("new")]);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_never_count_are_an_error() {
    let script = cloudtrail(|asked| match token_of(asked) {
        None => page(&[("e1", 10)], Some("two")),
        Some(_) => token_that_counts_no_longer(),
    });
    let error = ids(&script).await.expect_err("half a slice");
    assert!(error.is_rejected_with("InvalidNextTokenException"), "{error}");
    assert_eq!(asked(&script).len(), 8, "the first reading and three more");
}

#[rstest]
#[case::ever_new_pages(|before: usize| before.to_string(), 5, "over 5 pages")]
#[case::in_a_circle(|before: usize| (before % 2).to_string(), 3, "twice")]
#[tokio::test(start_paused = true)]
async fn a_slice_is_never_cut_off(#[case] token: fn(usize) -> String, #[case] pages: usize, #[case] says: &str) {
    let script = cloudtrail(move |asked| page(&[], Some(&token(asked.before))));
    let lookup = lookup(LookupBy::Name(RecordedName::RunInstances));
    let error = looking(&script, &PausedClock::new(), 5).every_event(&lookup, WITHIN).await.expect_err("no end");
    assert_eq!(error.kind, FailureKind::EndlessPages);
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(asked(&script).len(), pages);
}

#[tokio::test(start_paused = true)]
async fn as_many_pages_as_allowed_are_no_error() {
    let script = cloudtrail(|asked| page(&[], (asked.before < 4).then_some(["a", "b", "c", "d"][asked.before % 4])));
    let lookup = lookup(LookupBy::Name(RecordedName::RunInstances));
    looking(&script, &PausedClock::new(), 5).every_event(&lookup, WITHIN).await.expect("five pages");
    assert_eq!(asked(&script).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn silence_is_over_when_the_time_is() {
    let (script, clock) = (cloudtrail(|_| Reply::Never), PausedClock::new());
    let lookup = lookup(LookupBy::Resource("i-0123456789abcdef0".to_owned()));
    let looking = looking(&script, &clock, 10);
    let error = looking.every_event(&lookup, Duration::from_secs(20)).await.expect_err("silence");
    assert_eq!((error.kind, clock.elapsed().as_secs()), (FailureKind::Timeout, 20));
}

#[rstest]
#[case("AccessDeniedException", FailureKind::AccessDenied)]
#[case("InvalidTimeRangeException", FailureKind::Rejected { code: "InvalidTimeRangeException".to_owned() })]
#[tokio::test(start_paused = true)]
async fn what_will_not_pass_fails_at_once(#[case] code: &'static str, #[case] kind: FailureKind) {
    let script = cloudtrail(move |_| refusal(code));
    assert_eq!(ids(&script).await.expect_err("refused").kind, kind);
    assert_eq!(asked(&script).len(), 1);
}

#[rstest]
#[case(json!({"EventId": "e1", "EventTime": FROM}), "CloudTrailEvent")]
#[case(json!({"CloudTrailEvent": "{}", "EventTime": FROM}), "EventId")]
#[tokio::test(start_paused = true)]
async fn an_event_without_what_it_must_have_is_malformed(#[case] event: Value, #[case] lacks: &str) {
    let script = cloudtrail(move |_| answer(&json!({"Events": [event]})));
    let error = ids(&script).await.expect_err("half an event");
    assert_eq!(error.kind, FailureKind::Malformed);
    assert!(error.message.ends_with(lacks), "{error}");
}
