//! Events of all kinds, by the thousand: an answer, a problem, or an error that says what is wrong; never a failure.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

const CASES: u32 = 1_000;

/// JSON that may stand anywhere in an event.
fn any_json() -> impl Strategy<Value = Value> {
    let texts = select(vec![
        "",
        "/",
        "/%",
        "/ec2/subnets",
        "region=us-east-1",
        "%C3%28",
        "{}",
        "e30=",
        "[acct-all larder-admins]",
        "access",
        "larder/admin",
        "GET",
        "POST",
        "p\u{0}st",
        "2.0",
        "1.0",
        "é",
        "http://[",
        "\r\nx: y",
        "*",
        "ec2-subnets",
        "us-east-1",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let names = select(vec!["dataType", "region", "accountId", "purge", "http", "jwt", "claims", "headers", "x"]);
        let members = proptest::collection::vec((names, inner.clone()), 0..3);
        let object =
            members.prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        prop_oneof![proptest::collection::vec(inner, 0..3).prop_map(Value::from), object.prop_map(Value::Object)]
    })
}

/// Every place in an event, as a JSON pointer.
fn places(value: &Value, here: &str, places: &mut Vec<String>) {
    let inner: Vec<_> = value.as_object().into_iter().flatten().collect();
    for (name, value) in inner {
        let place = format!("{here}/{}", name.replace('~', "~0").replace('/', "~1"));
        places.push(place.clone());
        self::places(value, &place, places);
    }
}

/// An event of a reader or of an administrator, with something else in none to some of its places.
fn http_events() -> impl Strategy<Value = Value> {
    let asked = select(vec![
        event("GET", "/ec2/subnets", "region=us-east-1", None, admin()),
        event("POST", "/cache/invalidate", "", Some("{}"), admin()),
        event("GET", "/cache/entries", "dataType=ec2-subnets&limit=1", None, None),
    ]);
    let changes = proptest::collection::vec((any::<Index>(), any_json()), 0..4);
    (asked, changes).prop_map(|(mut event, changes)| {
        for (place, with) in changes {
            let mut places = Vec::new();
            self::places(&event, "", &mut places);
            if let Some(slot) = event.pointer_mut(place.get::<String>(&places)) {
                *slot = with;
            }
        }
        event
    })
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) }
}

#[test]
fn an_arbitrary_http_event_gets_an_answer_or_a_problem() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let function = runtime.block_on(async { HttpFunction::new(app(true)) });
    let answered = Cell::new(0);
    proptest!(config(), |(event in http_events())| {
        let answer = runtime.block_on(function.answer(LambdaEvent::new(raw(&event), Context::default())));
        match answer {
            Ok(answer) => {
                let answer = serde_json::to_value(answer).expect("JSON");
                let status = answer["statusCode"].as_u64().expect("a status");
                prop_assert!((200..500).contains(&status), "{event}: {answer}");
                answered.set(answered.get() + usize::from(status == 200));
            }
            Err(error) => prop_assert_eq!(error.error_type, "NotAnHttpEvent"),
        }
    });
    assert!(answered.get() > 50, "{} events were answered", answered.get());
}

#[test]
fn an_arbitrary_direct_event_clears_what_it_says_or_nothing() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(async { app(true) });
    proptest!(config(), |(event in any_json())| {
        let known = ["dataType", "region", "accountId", "purge"];
        let fields = event.as_object().filter(|fields| fields.keys().all(|name| known.contains(&&**name)));
        match runtime.block_on(invalidate_directly(&app, &raw(&event))) {
            Ok(done) => {
                prop_assert!(fields.is_some(), "{event}: {done}");
                for part in ["dataType", "region", "accountId"] {
                    prop_assert_eq!(&done[part], event[part].as_str().unwrap_or("*"));
                }
            }
            Err(error) => prop_assert!(!fields.is_some_and(serde_json::Map::is_empty), "{event}: {error:?}"),
        }
    });
}
