use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

/// Whether what travels there is read and written by nobody else: https, or http that stays on this machine.
#[must_use]
pub fn is_private(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => !host.is_empty(),
        Some(scheme) if *scheme == Scheme::HTTP => is_loopback(host),
        _ => false,
    }
}

/// Whether a host is this machine, by a name that no DNS can change.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("localhost", true)]
    #[case("LOCALHOST", true)]
    #[case("127.0.0.1", true)]
    #[case("127.1.2.3", true)]
    #[case("[::1]", true)]
    #[case("10.0.0.1", false)]
    #[case("localhost.evil.example", false)]
    #[case("127.0.0.1.nip.io", false)]
    #[case("0.0.0.0", false)]
    fn only_this_machine_is_loopback(#[case] host: &str, #[case] expected: bool) {
        assert_eq!(is_loopback(host), expected);
    }

    #[rstest]
    #[case("https://api.example.com", true)]
    #[case("http://127.0.0.1:8080", true)]
    #[case("http://[::1]:8080", true)]
    #[case("http://localhost:8080", true)]
    #[case("http://api.example.com", false)]
    #[case("http://10.0.0.1", false)]
    #[case("ftp://localhost", false)]
    #[case("/localhost", false)]
    fn what_others_could_read_is_not_private(#[case] uri: &str, #[case] expected: bool) {
        assert_eq!(is_private(&uri.parse().expect("a URI")), expected);
    }
}
