/// The `Content-Security-Policy` that the page is served under: its own origin alone, and for requests also the host
/// where people log in, if there is one.
///
/// `None` for a host that is none: what is written into a policy must not be able to end a directive and begin another.
#[must_use]
pub fn content_security_policy(login_domain: Option<&str>) -> Option<String> {
    let connect = match login_domain {
        Some(domain) if is_host(domain) => format!("; connect-src 'self' https://{domain}"),
        Some(_) => return None,
        None => String::new(),
    };
    let policy = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'none'";
    Some(format!("{policy}{connect}"))
}

fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    host.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_pages_own_origin_is_allowed() {
        let policy = content_security_policy(None).expect("a policy");
        assert!(policy.starts_with("default-src 'self'; ") && !policy.contains("unsafe") && !policy.contains("http"));
    }

    #[test]
    fn the_host_where_people_log_in_is_asked_and_nothing_else_of_it_is_taken() {
        let policy = content_security_policy(Some("larder-1.auth.us-east-1.amazoncognito.com")).expect("a policy");
        assert!(policy.ends_with("; connect-src 'self' https://larder-1.auth.us-east-1.amazoncognito.com"), "{policy}");
        assert!(policy.starts_with("default-src 'self'; "));
    }

    #[test]
    fn what_is_no_host_makes_no_policy() {
        for text in ["", "a b", "a; script-src *", "https://a", "a/b", "*.a", "a..b", "a:x", "a:99999", "ä.example"] {
            assert_eq!(content_security_policy(Some(text)), None, "{text}");
        }
    }
}
