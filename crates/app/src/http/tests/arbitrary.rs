//! Requests of all kinds, by the thousand: what is answered is the answer, and nothing makes Larder fail.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;

const CASES: u32 = 3_000;
const OTHER_SUBNETS: &str = r#"{"subnets":[{"subnetId":"subnet-7"},{"subnetId":"subnet-8"}]}"#;

/// Subnets by region; the same for whoever is asked.
const ANSWERS: [(&str, &str); 2] = [("us-east-1", THREE_SUBNETS), ("eu-west-1", OTHER_SUBNETS)];

/// A request as it is to be sent.
#[derive(Clone, Debug)]
struct Arbitrary {
    method: &'static str,
    target: String,
    headers: Vec<(http::HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

/// Texts that something in a request could be taken for, whole and in pieces.
fn text() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "us-east-1",
        "eu-west-1",
        "all",
        ",",
        "111122223333",
        "1",
        "2",
        "999",
        "0",
        "ec2-subnets",
        "ec2",
        "subnets",
        "cache",
        "invalidate",
        "entries",
        "YWZ0ZXI6c3VibmV0LTI",
        "MTd8ZWMyLXN1Ym5ldHMjdXMtZWFzdC0xIzExMTEyMjIyMzMzMw",
        "max-age=5",
        "only-if-cached",
        "no-cache",
        "=",
        "\"",
        "W/",
        "*",
        "%",
        "%23",
        "%C3%28",
        "%00",
        "#",
        "é",
        "..",
        "{",
        "}",
        "null",
    ]);
    prop_oneof![
        6 => pieces.clone().prop_map(str::to_owned),
        2 => proptest::collection::vec(pieces, 0..4).prop_map(|pieces| pieces.concat()),
        1 => ".{0,12}",
    ]
}

/// Percent-encoded where it must be, so that it can be sent; now and then a percent sign is left as it is.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b',' | b'*' | b'%' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn target() -> impl Strategy<Value = String> {
    let known = select(vec![
        "/ec2/subnets",
        "/ec2/subnets",
        "/ec2/subnets",
        "/cache/invalidate",
        "/cache/entries",
        "/cache/stats",
    ]);
    let path = prop_oneof![
        8 => known.prop_map(str::to_owned),
        1 => proptest::collection::vec(text(), 0..4).prop_map(|parts| format!("/{}", parts.iter().map(|part| encoded(part)).collect::<Vec<_>>().join("/"))),
    ];
    let names = select(vec!["region", "region", "accountId", "limit", "cursor", "dataType", "Region", ""]);
    let query = proptest::collection::vec((names, text()), 0..4);
    (path, query, any::<bool>()).prop_map(|(path, query, has_region)| {
        let region = has_region.then(|| "region=us-east-1".to_owned());
        let rest = query.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let query: Vec<_> = region.into_iter().chain(rest).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let field = (select(vec!["dataType", "region", "accountId", "purge", "x"]), text(), 0..4_u8);
    let fields = proptest::collection::vec(field, 0..4).prop_map(|fields| {
        let value = |text: &str, kind: u8| match kind {
            0 => json!(true),
            1 => json!(null),
            _ => json!(text),
        };
        let fields: Vec<_> =
            fields.iter().map(|(name, text, kind)| format!("{}:{}", json!(name), value(text, *kind))).collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    });
    let valid = select(
        ANSWERS
            .map(|(region, _)| json!({"dataType": "ec2-subnets", "region": region}).to_string().into_bytes())
            .to_vec(),
    );
    prop_oneof![4 => fields, 1 => valid, 1 => proptest::collection::vec(any::<u8>(), 0..40)]
}

fn arbitrary() -> impl Strategy<Value = Arbitrary> {
    let names = select(vec![CACHE_CONTROL, CACHE_CONTROL, IF_NONE_MATCH, CONTENT_TYPE]);
    let value = prop_oneof![text().prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..12)];
    let headers = proptest::collection::vec((names, value), 0..3).prop_map(|headers| {
        let sendable =
            headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_bytes(&value).ok()?)));
        sendable.collect()
    });
    let method = select(vec!["GET", "GET", "GET", "GET", "POST", "POST", "DELETE", "OPTIONS"]);
    (method, target(), headers, body()).prop_map(|(method, target, headers, body)| Arbitrary {
        method,
        target,
        headers,
        body,
    })
}

/// An answer is the asked region's, or a part of it; what is refused is refused for a reason.
fn check(asked: &Arbitrary, got: &Got) {
    match got.status.as_u16() {
        200 if asked.target.starts_with("/ec2/subnets") => check_subnets(asked, &got.json()),
        200 if asked.target.starts_with("/cache/invalidate") => {
            let said: Value = serde_json::from_slice(&asked.body).expect("what is no JSON is refused");
            for part in ["dataType", "region", "accountId"] {
                assert_eq!(got.json()[part], said[part].as_str().unwrap_or("*"), "{asked:?}");
            }
        }
        200 => {}
        304 => {
            let named = asked.headers.iter().filter(|(name, _)| *name == IF_NONE_MATCH);
            let named: Vec<_> =
                named.map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
            let etag = got.header(ETAG.as_str());
            assert!(named.iter().any(|named| named.contains('*') || named.contains(etag)), "{asked:?}: {etag}");
        }
        504 => assert_eq!(got.problem(), "NOT_CACHED", "{asked:?}"),
        status => {
            assert!((400..500).contains(&status), "{asked:?}: {status}");
            got.problem();
        }
    }
}

fn check_subnets(asked: &Arbitrary, answer: &Value) {
    let query = asked.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).expect("what is no query is refused");
    let regions =
        query.iter().find(|(name, _)| name == "region").map(|(_, value)| value.as_str()).expect("it is required");
    for (region, whole) in ANSWERS {
        let part = if regions == region { answer } else { &answer["regions"][region] };
        let Some(part) = part["subnets"].as_array() else {
            assert_ne!(regions, region, "{asked:?}: {answer}");
            continue;
        };
        assert!(regions == "all" || regions.contains(region), "{asked:?}: {answer}");
        let whole: Value = serde_json::from_str(whole).expect("JSON");
        let whole = whole["subnets"].as_array().expect("a list");
        let is_part = part.is_empty() || whole.windows(part.len()).any(|window| window == part);
        let asked_for_part = query.iter().any(|(name, _)| name == "limit" || name == "cursor");
        assert!(if asked_for_part { is_part } else { part == whole }, "{asked:?}: {answer}");
    }
}

#[test]
fn an_arbitrary_request_gets_the_answer_or_a_problem() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let test = runtime.block_on(async {
        let test = TestApp::new();
        let usable = ANSWERS.map(|(region, _)| json!({"region": region, "optInStatus": "opted-in"}));
        test.aws.answers("ec2-regions", Ok(&json!({"regions": usable}).to_string()));
        ANSWERS.iter().for_each(|(region, answer)| test.aws.answers_in(region, "ec2-subnets", Ok(answer)));
        test
    });
    let router = crate::http::router(test.app.clone());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) };
    proptest!(config, |(asked in arbitrary())| {
        let Ok(uri) = asked.target.parse::<http::Uri>() else { return Ok(()) };
        let request = Request::builder().method(asked.method).uri(uri);
        let mut request = request.body(Body::from(asked.body.clone())).expect("parts");
        request.headers_mut().extend(asked.headers.iter().map(|(name, value)| (Some(name.clone()), value.clone())));
        request.extensions_mut().insert(Principal::local());
        check(&asked, &runtime.block_on(send(router.clone(), request)));
    });
    assert!(test.aws.asked() > 10, "some are answered");
}
