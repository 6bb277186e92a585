//! What went wrong with another Larder, and what to do about it.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use anyhow::{Chain, anyhow};
use larder_app::problem::{Code, Problem};
use serde_json::Value;

/// Nobody answers there.
pub(super) fn unreachable(url: &str, error: &(dyn Error + 'static)) -> anyhow::Error {
    let mut of_the_system = Chain::new(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    if of_the_system.any(|cause| cause.kind() == ErrorKind::ConnectionRefused) {
        return anyhow!("nothing listens on {url}: start `larder serve` there, or correct --url");
    }
    let root = Chain::new(error).last().map(ToString::to_string).unwrap_or_default();
    anyhow!("{url} can't be reached ({root}): check the host, the network and --url")
}

/// No answer in time.
pub(super) fn late(url: &str, within: Duration) -> anyhow::Error {
    anyhow!("{url} did not answer within {} s: is it a Larder, and is its store well?", within.as_secs())
}

/// The answer ended before it was whole, or did not end.
pub(super) fn broken_off(url: &str, error: &(dyn Error + 'static)) -> anyhow::Error {
    let root = Chain::new(error).last().map(ToString::to_string).unwrap_or_default();
    anyhow!("{url} did not give a whole answer: {root}")
}

/// An answer that no Larder gives.
pub(super) fn no_larder(url: &str, path: &str, reason: &str) -> anyhow::Error {
    anyhow!("{url} is no Larder, or one of another version: {path} gave an unknown answer ({reason}). Correct --url")
}

/// An answer that is no 200.
pub(super) fn of_status(url: &str, path: &str, status: u16, body: &[u8], with_token: bool) -> anyhow::Error {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = document["code"].as_str().zip(document["detail"].as_str());
    match (status, said) {
        (401, said) if with_token => {
            let said = said.map(|(_, detail)| format!(" It says: {detail}")).unwrap_or_default();
            let detail = format!("{url} does not take the access token: get a new one, it may have expired.{said}");
            Problem::new(Code::Unauthenticated, detail).into()
        }
        (401, _) => {
            let detail = format!("{url} asks for an access token: set LARDER_TOKEN, or name a file with --token-file.");
            Problem::new(Code::Unauthenticated, detail).into()
        }
        (403, None) if !with_token => anyhow!(
            "{url} refuses, and no access token was sent. Correct --url, if that is no Larder; set LARDER_TOKEN, or name a \
             file with --token-file, if it is"
        ),
        (403, said) => {
            let detail = said.map_or("The access token may not see its cache.", |(_, detail)| detail);
            Problem::new(Code::Forbidden, format!("{url} refuses: {detail}")).into()
        }
        (_, Some((code, detail))) => {
            let failed = format!("{url} failed: {detail}");
            match Code::ALL.iter().find(|known| known.name() == code) {
                Some(code) => Problem::new(*code, failed).into(),
                None => anyhow!("{failed} ({code})"),
            }
        }
        (_, None) => no_larder(url, path, &format!("status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://larder.example";

    fn words(status: u16, body: &str) -> String {
        of_status(URL, "/cache/stats", status, body.as_bytes(), false).to_string()
    }

    #[test]
    fn it_is_said_what_to_do() {
        let gateway = words(401, r#"{"message": "Unauthorized"}"#);
        assert!(gateway.contains("LARDER_TOKEN") && gateway.contains("--token-file"), "{gateway}");
        let expired = of_status(URL, "/cache/stats", 401, b"", true).to_string();
        assert!(expired.contains("expired") && !expired.contains("LARDER_TOKEN"), "{expired}");
        let body = r#"{"code": "UNAUTHENTICATED", "detail": "It is of another issuer."}"#;
        let stranger = of_status(URL, "/cache/stats", 401, body.as_bytes(), true).to_string();
        assert!(stranger.ends_with("It says: It is of another issuer."), "{stranger}");
        let forbidden = words(403, r#"{"code": "FORBIDDEN", "detail": "This needs the scope larder/read."}"#);
        assert!(forbidden.contains("refuses: This needs the scope larder/read."), "{forbidden}");
        let stranger = words(403, "<html>");
        assert!(stranger.contains("no access token was sent") && stranger.contains("--url"), "{stranger}");
        let token = of_status(URL, "/cache/stats", 403, b"", true).to_string();
        assert!(token.contains("may not see its cache"), "{token}");
        let down = words(503, r#"{"code": "STORE_UNAVAILABLE", "detail": "No."}"#);
        assert_eq!(down, "STORE_UNAVAILABLE: https://larder.example failed: No.");
        let younger = words(503, r#"{"code": "MOON_IS_FULL", "detail": "No."}"#);
        assert_eq!(younger, "https://larder.example failed: No. (MOON_IS_FULL)");
        for (status, body) in [(404, "<html>"), (301, ""), (500, "{}")] {
            assert!(words(status, body).contains("is no Larder"), "{status}");
        }
    }

    #[test]
    fn every_code_of_another_larder_is_one_here() {
        for code in Code::ALL.iter().filter(|code| ![401, 403].contains(&code.status())) {
            let body = Problem::new(*code, "No.").document().to_string();
            let error = of_status(URL, "/runtime/servers", code.status(), body.as_bytes(), true);
            let problem = error.downcast_ref::<Problem>().unwrap_or_else(|| panic!("{}: {error}", code.name()));
            assert_eq!((problem.code(), problem.detail()), (*code, "https://larder.example failed: No."));
        }
    }

    #[test]
    fn a_refused_connection_is_told_from_other_trouble() {
        let of = |kind: ErrorKind| unreachable(URL, &io::Error::other(io::Error::from(kind))).to_string();
        assert!(of(ErrorKind::TimedOut).contains("can't be reached"), "{}", of(ErrorKind::TimedOut));
        let refused = unreachable(URL, &io::Error::from(ErrorKind::ConnectionRefused)).to_string();
        assert!(refused.contains("larder serve"), "{refused}");
    }
}
