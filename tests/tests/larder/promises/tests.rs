//! That the check can fail.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;

const STRICT: Duration = Duration::ZERO;
const NOW: Duration = Duration::from_secs(1);

fn asked(region: &'static str) -> Asked {
    let (data_type, action, member) = ("ec2-subnets", "ec2:DescribeSubnets", "subnets");
    Asked { data_type, action, member, region, account: "111122223333".to_owned() }
}

/// The answer to `us-east-1` as a call gave it, of that age.
fn exchange(call: u64, age: u64, window: Duration) -> Exchange {
    let tags = json!({CALL_TAG: format!("{call} ec2:DescribeSubnets 111122223333 us-east-1")});
    let text = json!({"subnets": [{"subnetId": "subnet-1", "tags": tags}]}).to_string();
    let headers = [("age", age.to_string()), ("cache-status", "larder; hit; ttl=9; detail=memory".to_owned())];
    let headers = BTreeMap::from(headers.map(|(name, value)| (name.to_owned(), value)));
    let reply = Reply { status: 200, headers, text };
    Exchange { asked: asked("us-east-1"), window, sent: NOW, answered: NOW, requests_before: 100, reply }
}

/// Promises at 100 calls, with one invalidation that was sent after 50 calls and acknowledged now.
fn promises() -> Promises {
    let mut promises = Promises::default();
    promises.learn(&exchange(0, 0, STRICT)).expect("an answer");
    promises.counted(100, NOW);
    promises.invalidated(Invalidated {
        data_type: None,
        region: None,
        account: None,
        requests_before: 50,
        acknowledged: NOW,
    });
    promises
}

fn broken(exchange: &Exchange) -> String {
    promises().check(exchange).expect_err("it breaks a promise")[..2].to_owned()
}

#[test]
fn what_was_fetched_before_an_invalidation_breaks_g1_unless_the_window_is_open() {
    let promises = promises();
    assert_eq!(promises.check(&exchange(50, 0, STRICT)), Ok(()));
    assert_eq!(promises.check(&exchange(49, 0, Duration::from_mins(1))), Ok(()), "within the window");
    let broken = promises.check(&exchange(49, 0, STRICT)).expect_err("it breaks a promise");
    assert!(broken.starts_with("G1"), "{broken}");
}

#[test]
fn an_invalidation_of_something_else_forbids_nothing() {
    for elsewhere in [
        Invalidated { region: Some("us-west-2"), ..everything() },
        Invalidated { data_type: Some("drs-quotas"), ..everything() },
        Invalidated { account: Some("444455556666".to_owned()), ..everything() },
    ] {
        let mut promises = promises();
        promises.invalidated = vec![elsewhere];
        assert_eq!(promises.check(&exchange(49, 0, STRICT)), Ok(()));
    }
}

fn everything() -> Invalidated {
    Invalidated { data_type: None, region: None, account: None, requests_before: 50, acknowledged: NOW }
}

#[test]
fn another_key_s_answer_and_half_an_answer_break_g3() {
    let elsewhere = Exchange { asked: asked("us-west-2"), ..exchange(60, 0, STRICT) };
    assert_eq!(broken(&elsewhere), "G3");
    let mut half = exchange(60, 0, STRICT);
    half.reply.text = json!({"subnets": []}).to_string();
    assert_eq!(broken(&half), "G3");
    assert_eq!(broken(&exchange(100, 0, STRICT)), "G3", "of a call that is yet to come");
}

#[test]
fn an_age_that_can_t_be_breaks_g5() {
    assert_eq!(broken(&exchange(60, 9, STRICT)), "G5", "older than everything");
    let mut later = exchange(60, 1, STRICT);
    later.sent += Duration::from_secs(3);
    assert_eq!(broken(&later), "G5", "younger than its call");
    let mut own = exchange(60, 0, STRICT);
    own.reply.headers.insert("cache-status".to_owned(), "larder; fwd=miss; stored; ttl=9; detail=upstream".to_owned());
    assert_eq!(broken(&own), "G5", "fetched for this request, and before it");
}
