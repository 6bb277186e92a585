use larder_app::{DATA_TYPES, DataType};
use proptest::prelude::*;
use proptest::sample::select;

use super::BadRequest;
use super::text::{anything, no_account, no_data_type, no_region, no_value};
use crate::cloud::question;

pub(super) const INVALIDATE: &str = "/cache/invalidate";

/// Paths that no route has: unlike any, and too much like one.
pub(super) fn unknown_path() -> BoxedStrategy<BadRequest> {
    const BEFORE: &[&str] = &["/", "/.", "/./", "/x/..", "/%2e%2e", "/%00", "/ec2", "/health"];
    const BEHIND: &[&str] = &["/", "//", "/.", "/..", ".json", "%00", "%20", "%2F", ";v=1", "/x", "%", "%zz", "%C3"];
    let unlike = no_value().prop_map(|text| format!("/{}", encoded(&text)));
    let path = prop_oneof![
        2 => unlike,
        1 => (select(BEFORE), select(paths())).prop_map(|(before, path)| format!("{before}{path}")),
        1 => (select(paths()), select(BEHIND)).prop_map(|(path, behind)| format!("{path}{behind}")),
        1 => select(paths()).prop_map(str::to_uppercase),
    ];
    let query = prop_oneof![Just(String::new()), anything().prop_map(|text| format!("?{}", encoded(&text)))];
    (path, query).prop_map(|(path, query)| BadRequest::get(path + &query)).boxed()
}

/// Methods that a route does not take, those that nobody knows among them.
pub(super) fn wrong_method() -> BoxedStrategy<BadRequest> {
    const METHODS: &[&str] = &["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "post"];
    let method = || prop_oneof![select(METHODS).prop_map(str::to_owned), "[A-Z]{1,12}X"];
    let reading = prop_oneof![1 => Just("POST".to_owned()), 2 => method()];
    let reading =
        (reading, select(questions())).prop_map(|(method, target)| BadRequest { method, ..BadRequest::get(target) });
    let changing = prop_oneof![1 => Just("GET".to_owned()), 1 => Just("HEAD".to_owned()), 2 => method()];
    let changing = changing.prop_map(|method| BadRequest { method, ..BadRequest::get(INVALIDATE.to_owned()) });
    (prop_oneof![3 => reading, 1 => changing], anything()).prop_map(|(bad, body)| BadRequest { body, ..bad }).boxed()
}

/// Queries that a route can't take: a value, or a whole parameter.
pub(super) fn wrong_query() -> BoxedStrategy<BadRequest> {
    let of = |has: fn(&DataType) -> bool| select(DATA_TYPES.iter().filter(|row| has(row)).collect::<Vec<_>>());
    let with_region = of(|row| row.scope.has_region());
    let lists = || of(|row| row.list.is_some()).prop_map(question);
    let others = of(|row| row.list.is_none()).prop_map(question);
    let target = prop_oneof![
        4 => (with_region.clone(), no_region()).prop_map(|(row, region)| format!("{}?region={}", row.path, encoded(&region))),
        1 => with_region.prop_map(|row| row.path.to_owned()),
        3 => with(of(|row| row.scope.has_account()).prop_map(question), "accountId", no_account()),
        2 => with(lists(), "limit", no_limit()),
        2 => with(lists(), "cursor", no_value()),
        1 => with(others, "limit", "[1-9][0-9]?".boxed()),
        1 => with(Just("/cache/entries".to_owned()), "dataType", no_data_type()),
        1 => with(Just("/cache/entries".to_owned()), "limit", no_limit()),
        1 => with(Just("/cache/entries".to_owned()), "cursor", no_value()),
        2 => unknown_parameter(),
        2 => repeated_parameter(),
    ];
    target.prop_map(BadRequest::get).boxed()
}

/// A question with one parameter more.
fn with(
    question: impl Strategy<Value = String> + 'static,
    name: &'static str,
    value: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    (question, value)
        .prop_map(move |(question, value)| joined(&question, &format!("{name}={}", encoded(&value))))
        .boxed()
}

fn no_limit() -> BoxedStrategy<String> {
    const OTHER: &[&str] = &["", "0", "-1", "1001", "+5", " 5", "5.0", "1e2", "0x10", "٣", "18446744073709551617"];
    prop_oneof![no_value(), select(OTHER).prop_map(str::to_owned), "[1-9][0-9]{4,60}"].boxed()
}

/// No parameter ends in a tilde.
fn unknown_parameter() -> BoxedStrategy<String> {
    let parameter =
        (anything(), anything()).prop_map(|(name, value)| format!("{}~={}", encoded(&name), encoded(&value)));
    (select(questions()), parameter).prop_map(|(target, parameter)| joined(&target, &parameter)).boxed()
}

fn repeated_parameter() -> BoxedStrategy<String> {
    const NAMES: &[&str] = &["region", "accountId", "limit", "cursor", "dataType", "r%65gion"];
    let values = prop_oneof![Just("us-east-1".to_owned()), Just("5".to_owned()), anything()];
    let twice = (select(NAMES), values.clone(), values)
        .prop_map(|(name, one, other)| format!("{name}={}&{name}={}", encoded(&one), encoded(&other)));
    (select(questions()), twice).prop_map(|(target, twice)| joined(&target, &twice)).boxed()
}

fn joined(target: &str, parameter: &str) -> String {
    let joint = if target.contains('?') { '&' } else { '?' };
    format!("{target}{joint}{parameter}")
}

/// What may be read, with all that it needs.
fn questions() -> Vec<String> {
    let own = ["/cache/stats", "/cache/entries", "/openapi.json"].map(str::to_owned);
    DATA_TYPES.iter().map(question).chain(own).collect()
}

/// Paths that a route has.
fn paths() -> Vec<&'static str> {
    let own = ["/cache/stats", "/cache/entries", "/openapi.json", "/health", INVALIDATE];
    DATA_TYPES.iter().map(|row| row.path).chain(own).collect()
}

/// Percent-encoded, but for some of what senders often leave as it is.
pub(super) fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z'
        | b'A'..=b'Z'
        | b'0'..=b'9'
        | b'-'
        | b'.'
        | b'_'
        | b'~'
        | b'!'
        | b'$'
        | b'\''
        | b'('
        | b')'
        | b'*'
        | b',' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
