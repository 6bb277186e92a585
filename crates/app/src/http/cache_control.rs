use std::time::Duration;

use http::HeaderMap;
use http::header::CACHE_CONTROL;
use larder_cache::Directives;

/// What the request's own `Cache-Control` asks (RFC 9111, section 5.2.1).
///
/// Names are in any case and unknown ones are ignored. A `max-age` that is no number asks for a fresh answer, as RFC
/// 9111 advises for invalid freshness.
pub(super) fn directives(headers: &HeaderMap) -> Directives {
    let mut directives = Directives::default();
    let lines = headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    for directive in lines.flat_map(|line| line.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let oldest = match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" => Duration::ZERO,
            "max-age" => seconds(value),
            "only-if-cached" => {
                directives.only_if_cached = true;
                continue;
            }
            _ => continue,
        };
        directives.max_age = Some(directives.max_age.map_or(oldest, |other| other.min(oldest)));
    }
    directives
}

fn seconds(value: &str) -> Duration {
    let value = value.trim().trim_matches('"');
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number too large to be held is larger than any age (RFC 9111, section 1.2.2).
    let seconds = if digits { value.parse().unwrap_or(u64::from(u32::MAX)) } else { 0 };
    Duration::from_secs(seconds.min(u64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], None, false)]
    #[case(&["no-cache"], Some(0), false)]
    #[case(&["No-Cache"], Some(0), false)]
    #[case(&["max-age=60"], Some(60), false)]
    #[case(&["MAX-AGE = \"60\" "], Some(60), false)]
    #[case(&["max-age=60, max-age=5"], Some(5), false)]
    #[case(&["max-age=60", "no-cache"], Some(0), false)]
    #[case(&["max-age=abc"], Some(0), false)]
    #[case(&["max-age=-1"], Some(0), false)]
    #[case(&["max-age"], Some(0), false)]
    #[case(&["max-age=99999999999999999999999"], Some(u64::from(u32::MAX)), false)]
    #[case(&["only-if-cached, max-stale=5"], None, true)]
    #[case(&["x-no-cache, no-store, , ="], None, false)]
    fn only_what_is_known_is_honoured(#[case] lines: &[&str], #[case] max_age: Option<u64>, #[case] only: bool) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CACHE_CONTROL, HeaderValue::from_str(line).expect("a header"));
        }
        let directives = directives(&headers);
        assert_eq!(directives.max_age, max_age.map(Duration::from_secs));
        assert_eq!(directives.only_if_cached, only);
    }
}
