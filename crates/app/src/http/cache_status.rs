use larder_cache::{Answer, Forward, Freshness, Origin};
use larder_sources::DataType;

use crate::problem::{Problem, of_failure};

/// Where an answer came from, as RFC 9211's `Cache-Status`.
///
/// `larder; hit; ttl=281; detail=memory`, and for an answer past its TTL what was done about it, in `detail`.
pub(super) fn cache_status(answer: &Answer, data_type: &DataType) -> String {
    let ttl = answer.ttl_seconds();
    let layer = layer(answer.origin);
    match &answer.freshness {
        Freshness::StaleIfError(failure) => {
            let problem = of_failure(failure, data_type);
            let (status, detail) = (problem.code().status(), format!("stale-if-error; {layer}; {}", cause(&problem)));
            format!("larder; fwd=stale; fwd-status={status}; ttl={ttl}; detail={}", sf_string(&detail))
        }
        Freshness::StaleWhileRevalidate => {
            let detail = sf_string(&format!("{layer}; stale-while-revalidate"));
            format!("larder; {}; ttl={ttl}; detail={detail}", way(answer.origin))
        }
        Freshness::Fresh => format!("larder; {}; ttl={ttl}; detail={layer}", way(answer.origin)),
    }
}

fn layer(origin: Origin) -> &'static str {
    match origin {
        Origin::Memory => "memory",
        Origin::Store => "store",
        Origin::Upstream { .. } => "upstream",
    }
}

fn way(origin: Origin) -> String {
    let Origin::Upstream { why, collapsed, stored } = origin else { return "hit".to_owned() };
    let why = match why {
        Forward::Miss => "miss",
        Forward::Stale => "stale",
        Forward::Request => "request",
        Forward::Bypass => "bypass",
    };
    let stored = if stored { "; stored" } else { "" };
    let collapsed = if collapsed { "; collapsed" } else { "" };
    format!("fwd={why}{stored}{collapsed}")
}

/// What failed, in two words: the operation, where one is known, and the code.
fn cause(problem: &Problem) -> String {
    let document = problem.document();
    let operation = document.get("operation").and_then(serde_json::Value::as_str);
    let operation = operation.map(|operation| format!("{operation} ")).unwrap_or_default();
    format!("{operation}{}", problem.code().name())
}

/// A string of RFC 9651: printable ASCII, with quotation marks and backslashes escaped.
fn sf_string(text: &str) -> String {
    let printable = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    let escaped: String =
        printable.flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])).collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use larder_cache::{Failure, FailureClass, UpstreamError};
    use larder_sources::{FailureKind, FetchError};
    use rstest::rstest;

    use super::*;

    fn fetched(why: Forward, collapsed: bool, stored: bool) -> Origin {
        Origin::Upstream { why, collapsed, stored }
    }

    fn failed() -> Freshness {
        let error = FetchError::new(FailureKind::Unavailable, "ec2:DescribeSubnets", "\"no\"");
        Freshness::StaleIfError(Failure::Upstream(UpstreamError::new(FailureClass::Failed, error)))
    }

    #[rstest]
    #[case(Origin::Memory, Freshness::Fresh, 19, "larder; hit; ttl=281; detail=memory")]
    #[case(Origin::Store, Freshness::Fresh, 5, "larder; hit; ttl=295; detail=store")]
    #[case(
        fetched(Forward::Miss, false, true),
        Freshness::Fresh,
        0,
        "larder; fwd=miss; stored; ttl=300; detail=upstream"
    )]
    #[case(
        fetched(Forward::Request, true, true),
        Freshness::Fresh,
        0,
        "larder; fwd=request; stored; collapsed; ttl=300; detail=upstream"
    )]
    #[case(fetched(Forward::Bypass, false, false), Freshness::Fresh, 0, "larder; fwd=bypass; ttl=300; detail=upstream")]
    #[case(
        Origin::Memory,
        Freshness::StaleWhileRevalidate,
        312,
        "larder; hit; ttl=-12; detail=\"memory; stale-while-revalidate\""
    )]
    #[case(
        Origin::Store,
        failed(),
        400,
        "larder; fwd=stale; fwd-status=503; ttl=-100; detail=\"stale-if-error; store; ec2:DescribeSubnets UPSTREAM_UNAVAILABLE\""
    )]
    fn it_reads_as_rfc_9211_says(
        #[case] origin: Origin,
        #[case] freshness: Freshness,
        #[case] age: u64,
        #[case] expected: &str,
    ) {
        let (age, lifetime) = (Duration::from_secs(age), Duration::from_secs(300));
        let answer = Answer { value: "{}".into(), etag: "e".into(), age, lifetime, origin, freshness };
        let row = larder_sources::data_type("ec2-subnets").expect("a row");
        assert_eq!(cache_status(&answer, row), expected);
    }

    #[test]
    fn a_string_is_escaped_and_ascii() {
        assert_eq!(sf_string("a\"b\\c\né"), r#""a\"b\\c""#);
    }
}
