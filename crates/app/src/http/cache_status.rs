use larder_cache::{Answer, Forward, Freshness, Origin};
use larder_sources::DataType;

use crate::RegionalAnswers;
use crate::problem::{Code, Problem, of_failure};

/// Where an answer came from, as RFC 9211's `Cache-Status`.
///
/// `larder; hit; ttl=281; detail=memory`, and for an answer past its TTL what was done about it, in `detail`.
pub(super) fn cache_status(answer: &Answer, data_type: &DataType) -> String {
    let Way { way, detail, .. } = Way::of(answer, data_type);
    format!("larder{way}; ttl={}; detail={}", answer.ttl_seconds(), sf_item(&detail))
}

/// Where the answers of several regions came from, in one line: a hit only if all are, the shortest of their TTLs, and
/// in `detail` what each region's own line would say. What told which regions there are is one of the answers, and in
/// front.
pub(super) fn regional_cache_status(regional: &RegionalAnswers, data_type: &DataType) -> String {
    let answered = regional.answers.iter().map(|(region, answer)| (region.name(), Way::of(answer, data_type)));
    let failed = regional.failed.iter().map(|(region, problem)| (&**region, Way::failed(problem)));
    let mut ways: Vec<_> = answered.chain(failed).collect();
    ways.sort_by_key(|(region, _)| *region);
    let told_by = regional.regions_told_by.as_ref();
    ways.splice(..0, told_by.map(|answer| ("regions", Way::of(answer, data_type))));
    let farthest = ways.iter().map(|(_, way)| way).max_by_key(|way| way.distance);
    let way = farthest.map_or(HIT, |way| &way.way);
    let ttl = regional.answers.iter().map(|(_, answer)| answer).chain(told_by).map(Answer::ttl_seconds).min();
    let ttl = ttl.map(|ttl| format!("; ttl={ttl}")).unwrap_or_default();
    let details: Vec<_> = ways.iter().map(|(name, way)| format!("{name} {}", way.detail)).collect();
    format!("larder{way}{ttl}; detail={}", sf_string(&details.join(", ")))
}

const HIT: &str = "; hit";

/// How an answer was come by.
struct Way {
    /// [`HIT`], or why it was forwarded; empty where there is no answer and nothing was forwarded.
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
                let (distance, way) = match forward("stale", problem.code()) {
                    Some(way) => (STALE, way),
                    None => (0, HIT.to_owned()),
                };
                Self { way, detail: format!("stale-if-error; {layer}; {}", cause(&problem)), distance }
            }
            Freshness::StaleWhileRevalidate => {
                Self { way, detail: format!("{layer}; stale-while-revalidate"), distance }
            }
            Freshness::Fresh => Self { way, detail: layer.to_owned(), distance },
        }
    }

    /// A region without an answer.
    fn failed(problem: &Problem) -> Self {
        let (distance, way) = match forward("miss", problem.code()) {
            Some(way) => (MISS, way),
            None => (NOWHERE, String::new()),
        };
        Self { way, detail: cause(problem), distance }
    }
}

/// The distance of what is neither a hit nor forwarded. Then those of the forwards, the farther the less was cached.
const NOWHERE: u8 = 1;
const REQUEST: u8 = 2;
const STALE: u8 = 3;
const MISS: u8 = 4;
const BYPASS: u8 = 5;

/// How what failed with that code was forwarded, if it was. `fwd-status` is the next hop's (RFC 9211, section 2.3), so
/// it is there only where the code is what AWS's own failure is mapped to: who had no time left heard nothing.
fn forward(why: &str, code: Code) -> Option<String> {
    match code {
        Code::AccessDenied
        | Code::AwsCredentials
        | Code::UpstreamThrottled
        | Code::UpstreamUnavailable
        | Code::UpstreamTimeout
        | Code::UpstreamRejected
        | Code::UpstreamMalformed
        | Code::UpstreamEndless => Some(format!("; fwd={why}; fwd-status={}", code.status())),
        Code::Deadline => Some(format!("; fwd={why}")),
        _ => None,
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
    let Origin::Upstream { why, collapsed, stored } = origin else { return (0, HIT.to_owned()) };
    let (distance, why) = match why {
        Forward::Request => (REQUEST, "request"),
        Forward::Stale => (STALE, "stale"),
        Forward::Miss => (MISS, "miss"),
        Forward::Bypass => (BYPASS, "bypass"),
    };
    let stored = if stored { "; stored" } else { "" };
    let collapsed = if collapsed { "; collapsed" } else { "" };
    (distance, format!("; fwd={why}{stored}{collapsed}"))
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
mod tests;
