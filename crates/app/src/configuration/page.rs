use super::value::Parsed;

/// Where people log in who open the page behind the HTTP API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageConfiguration {
    /// The host of the Cognito hosted page.
    pub login_domain: Option<String>,
    /// The client that the page is there.
    pub client_id: Option<String>,
}

pub(super) fn login_domain(text: &str) -> Parsed<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let is_one = (1..=253).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['.', '-']);
    let wrong = || format!("{text:?} is not a host, e.g. larder-dev.auth.us-east-1.amazoncognito.com");
    is_one.then(|| text.to_owned()).ok_or_else(wrong)
}

pub(super) fn client_id(text: &str) -> Parsed<String> {
    let is_one =
        (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_one.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not a client's id, e.g. 1example23456789"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_can_stand_in_a_policy_of_the_page() {
        assert!(login_domain("larder-dev.auth.us-east-1.amazoncognito.com").is_ok());
        for text in ["", "https://larder.auth.example", "a.example; script-src *", "a b", "a.example/x", "-a.example"] {
            assert!(login_domain(text).is_err(), "{text}");
        }
        assert!(client_id("1example23456789").is_ok() && client_id("a b").is_err() && client_id("").is_err());
    }
}
