use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::BadRequest;
use super::target::{INVALIDATE, encoded};
use super::text::{anything, no_account, no_data_type, no_region};

/// All fields, all right.
const RIGHT: &str = r#"{"dataType":"ec2-subnets","region":"us-east-1","accountId":"111122223333","purge":true}"#;

/// An invalidation whose body says nothing that can be meant.
pub(super) fn wrong_body() -> BoxedStrategy<BadRequest> {
    let body = prop_oneof![
        3 => no_json(),
        1 => nested(),
        1 => too_large(),
        2 => json_value().prop_filter_map("an object may be right", |json| (!json.is_object()).then(|| json.to_string())),
        3 => unknown_field(),
        3 => wrong_type(),
        4 => wrong_value(),
        2 => repeated_field(),
    ];
    let in_body = body.prop_map(|body| post(INVALIDATE.to_owned(), body));
    // No parameter ends in a tilde, and the route has none.
    let in_query = anything().prop_map(|name| post(format!("{INVALIDATE}?{}~=", encoded(&name)), RIGHT.to_owned()));
    let in_type = other_type().prop_map(|content_type| {
        let headers = vec![("content-type".to_owned(), content_type)];
        BadRequest { headers, ..post(INVALIDATE.to_owned(), RIGHT.to_owned()) }
    });
    prop_oneof![20 => in_body, 1 => in_query, 2 => in_type].boxed()
}

fn post(target: String, body: String) -> BadRequest {
    BadRequest { method: "POST".to_owned(), body, ..BadRequest::get(target) }
}

/// What Content-Type may say of anything but JSON.
fn other_type() -> BoxedStrategy<String> {
    const TYPES: &[&str] = &[
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/octet-stream",
        "json",
        "*/*",
    ];
    prop_oneof![select(TYPES).prop_map(str::to_owned), "[a-z]{1,9}/[a-z]{1,3}"].boxed()
}

fn no_json() -> BoxedStrategy<String> {
    const BEHIND: &[&str] = &["}", "{}", ",", "x", "\0", "//", "\u{feff}", "&purge=true"];
    let body = prop_oneof![
        // No JSON begins with a brace that closes.
        2 => anything().prop_map(|text| format!("}}{text}")),
        2 => (0..RIGHT.len()).prop_map(|end| RIGHT[..end].to_owned()),
        1 => select(BEHIND).prop_map(|behind| format!("{RIGHT}{behind}")),
        1 => select(BEHIND).prop_map(|before| format!("{before}{{}}")),
        1 => Just("dataType=ec2-subnets&purge=true".to_owned()),
        1 => Just("{'dataType': 'ec2-subnets'}".to_owned()),
        1 => Just("{\"purge\": NaN}".to_owned()),
        1 => Just("{\"region\": \"\\ud800\"}".to_owned()),
    ];
    body.boxed()
}

/// As deep as 16 KiB let it be.
fn nested() -> BoxedStrategy<String> {
    let opening = select(&["[", "{\"dataType\":", "{\"purge\":[", "[{\"\":"]);
    (opening, 130..1_200_usize).prop_map(|(opening, depth)| opening.repeat(depth)).boxed()
}

fn too_large() -> BoxedStrategy<String> {
    let filling = select(&[" ", "\n", "x", "\"", "0", "[", "é"]);
    (filling, 16_385..200_000_usize).prop_map(|(filling, size)| format!("{{}}{}", filling.repeat(size))).boxed()
}

fn json_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        anything().prop_map(Value::from),
    ];
    let branch = |inner: BoxedStrategy<Value>| {
        let object =
            vec((anything(), inner.clone()), 0..3).prop_map(|members| Value::Object(members.into_iter().collect()));
        prop_oneof![vec(inner, 0..3).prop_map(Value::Array), object].boxed()
    };
    leaf.prop_recursive(3, 12, 3, branch).boxed()
}

/// No field ends in a tilde.
fn unknown_field() -> BoxedStrategy<String> {
    let right: Value = serde_json::from_str(RIGHT).expect("it is right");
    let field = (any::<bool>(), anything(), json_value());
    let body = field.prop_map(move |(alone, name, value)| {
        let mut body = if alone { json!({}) } else { right.clone() };
        body[format!("{name}~")] = value;
        body.to_string()
    });
    body.boxed()
}

fn wrong_type() -> BoxedStrategy<String> {
    let no_text = json_value().prop_map(|value| if value.is_string() { json!([value]) } else { value });
    let no_switch = json_value().prop_map(|value| if value.is_boolean() { json!([value]) } else { value });
    let field = prop_oneof![
        3 => (select(&["dataType", "region", "accountId"]), no_text),
        1 => (Just("purge"), no_switch),
    ];
    field.prop_map(|(name, value)| json!({name: value}).to_string()).boxed()
}

fn wrong_value() -> BoxedStrategy<String> {
    let field = prop_oneof![
        (Just("dataType"), no_data_type()),
        (Just("region"), no_region()),
        (Just("accountId"), no_account()),
    ];
    let body = field.prop_map(|(name, value)| {
        let mut body: Value = serde_json::from_str(RIGHT).expect("it is right");
        body[name] = value.into();
        body.to_string()
    });
    body.boxed()
}

fn repeated_field() -> BoxedStrategy<String> {
    const FIELDS: &[&str] =
        &[r#""dataType":"drs-quotas""#, r#""region":"us-east-1""#, r#""r\u0065gion":"us-east-1""#, r#""purge":true"#];
    let again = select(FIELDS).prop_map(|field| RIGHT.replacen('}', &format!(",{field}}}"), 1));
    again.boxed()
}
