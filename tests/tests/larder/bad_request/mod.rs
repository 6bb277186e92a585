//! Requests that are bad by construction, as many as wanted: each is a right one with one part broken, so that none of
//! them can be right by chance. A number makes the same request again wherever it runs.

mod body;
mod target;
mod text;
mod wire;

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A request that HTTP allows and Larder must refuse.
#[derive(Clone, Debug)]
pub(crate) struct BadRequest {
    pub(crate) method: String,
    /// As on the wire: percent-encoded, or not quite.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Bytes that are no HTTP request, or one that is broken off.
#[derive(Clone)]
pub(crate) struct BrokenBytes(pub(crate) Vec<u8>);

/// The one that this number makes.
pub(crate) fn made_by<T: fmt::Debug>(strategy: &BoxedStrategy<T>, number: u64) -> T {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).expect("no filter refuses it").current()
}

/// Wrong paths, methods, queries and bodies, with headers that mean nothing.
pub(crate) fn requests() -> BoxedStrategy<BadRequest> {
    let bad = prop_oneof![
        2 => target::unknown_path(),
        1 => target::wrong_method(),
        4 => target::wrong_query(),
        4 => body::wrong_body(),
    ];
    let headers = proptest::collection::vec((select(HEADERS), "[ -~]{0,40}"), 0..4);
    let with_headers = (bad, headers).prop_map(|(mut bad, headers)| {
        bad.headers.extend(headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
        bad
    });
    with_headers.boxed()
}

/// What no HTTP server can make sense of.
pub(crate) fn broken_bytes() -> BoxedStrategy<BrokenBytes> {
    wire::broken().prop_map(BrokenBytes).boxed()
}

/// Headers whose value may be anything without making a right request wrong or a wrong one right.
const HEADERS: &[&str] = &[
    "accept",
    "accept-language",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-type",
    "cookie",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "range",
    "user-agent",
    "via",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-http-method-override",
];

impl BadRequest {
    fn get(target: String) -> Self {
        Self { method: "GET".to_owned(), target, headers: Vec::new(), body: String::new() }
    }

    /// The request on the wire, whose answer ends with the connection.
    pub(crate) fn bytes(&self, host: &str) -> Vec<u8> {
        let Self { method, target, headers, body } = self;
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        let own = format!("host: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n");
        format!("{method} {target} HTTP/1.1\r\n{own}{headers}\r\n{body}").into_bytes()
    }
}

impl fmt::Debug for BrokenBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}
