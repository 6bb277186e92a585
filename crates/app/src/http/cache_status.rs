use larder_cache::{Answer, Forward, Freshness, Origin};
use larder_sources::DataType;

use crate::RegionalAnswers;
use crate::problem::{Problem, of_failure};

/// Where an answer came from, as RFC 9211's `Cache-Status`.
///
/// `larder; hit; ttl=281; detail=memory`, and for an answer past its TTL what was done about it, in `detail`.
pub(super) fn cache_status(answer: &Answer, data_type: &DataType) -> String {
    let Way { way, detail, .. } = Way::of(answer, data_type);
    format!("larder; {way}; ttl={}; detail={}", answer.ttl_seconds(), sf_item(&detail))
}

/// Where the answers of several regions came from, in one line: a hit only if all are, the shortest of their TTLs, and
/// in `detail` what each region's own line would say.
pub(super) fn regional_cache_status(regional: &RegionalAnswers, data_type: &DataType) -> String {
    let answered = regional.answers.iter().map(|(region, answer)| (*region, Way::of(answer, data_type)));
    let failed = regional.failed.iter().map(|(region, problem)| (*region, Way::failed(problem)));
    let mut ways: Vec<_> = answered.chain(failed).collect();
    ways.sort_by_key(|(region, _)| *region);
    let farthest = ways.iter().map(|(_, way)| way).max_by_key(|way| way.distance);
    let way = farthest.map_or("hit", |way| &way.way);
    let ttl = regional.answers.iter().map(|(_, answer)| answer.ttl_seconds()).min();
    let ttl = ttl.map(|ttl| format!("; ttl={ttl}")).unwrap_or_default();
    let details: Vec<_> = ways.iter().map(|(region, way)| format!("{region} {}", way.detail)).collect();
    format!("larder; {way}{ttl}; detail={}", sf_string(&details.join(", ")))
}

/// How an answer was come by.
struct Way {
    /// `hit`, or why it was forwarded.
    way: String,
    detail: String,
    /// How far from the cache it was had: that of the farthest stands for several.
    distance: u8,
}

impl Way {
    fn of(answer: &Answer, data_type: &DataType) -> Self {
        let layer = layer(answer.origin);
        let (distance, way) = way(answer.origin);
        match &answer.freshness {
            Freshness::StaleIfError(failure) => {
                let problem = of_failure(failure, data_type);
                let way = format!("fwd=stale; fwd-status={}", problem.code().status());
                Self { way, detail: format!("stale-if-error; {layer}; {}", cause(&problem)), distance: 2 }
            }
            Freshness::StaleWhileRevalidate => {
                Self { way, detail: format!("{layer}; stale-while-revalidate"), distance }
            }
            Freshness::Fresh => Self { way, detail: layer.to_owned(), distance },
        }
    }

    /// A region without an answer.
    fn failed(problem: &Problem) -> Self {
        let way = format!("fwd=miss; fwd-status={}", problem.code().status());
        Self { way, detail: cause(problem), distance: 3 }
    }
}

fn layer(origin: Origin) -> &'static str {
    match origin {
        Origin::Memory => "memory",
        Origin::Store => "store",
        Origin::Upstream { .. } => "upstream",
    }
}

fn way(origin: Origin) -> (u8, String) {
    let Origin::Upstream { why, collapsed, stored } = origin else { return (0, "hit".to_owned()) };
    let (distance, why) = match why {
        Forward::Request => (1, "request"),
        Forward::Stale => (2, "stale"),
        Forward::Miss => (3, "miss"),
        Forward::Bypass => (4, "bypass"),
    };
    let stored = if stored { "; stored" } else { "" };
    let collapsed = if collapsed { "; collapsed" } else { "" };
    (distance, format!("fwd={why}{stored}{collapsed}"))
}

/// What failed, in two words: the operation, where one is known, and the code.
fn cause(problem: &Problem) -> String {
    let document = problem.document();
    let operation = document.get("operation").and_then(serde_json::Value::as_str);
    let operation = operation.map(|operation| format!("{operation} ")).unwrap_or_default();
    format!("{operation}{}", problem.code().name())
}

/// A token of RFC 9651 where the text is one, else a string.
fn sf_item(text: &str) -> String {
    let is_token = text.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_token { text.to_owned() } else { sf_string(text) }
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
