use std::path::PathBuf;

use http::Uri;

use super::ConfigurationError;
use super::value::Parsed;
use crate::private_uri::is_private;

/// Whose access tokens `larder serve` takes, as it was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthConfiguration {
    /// The claim `iss` of the tokens; absent where nobody is asked for one.
    pub issuer: Option<String>,
    /// The clients or resources of which a token may be for any.
    pub audience: Vec<String>,
    /// Where the issuer's keys are; absent where its OpenID discovery document says so.
    pub jwks: Option<JwksPlace>,
}

/// Where a JSON Web Key Set (RFC 7517) is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JwksPlace {
    /// A file.
    File(PathBuf),
    /// At a URL that nobody else reads or writes: https, or this machine.
    Url(Uri),
    /// Where the discovery document at this URL says.
    Discovered(Uri),
}

/// An issuer with all that verifying its tokens takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// The claim `iss`, to the letter.
    pub name: String,
    /// The clients or resources of which a token is for one.
    pub audience: Vec<String>,
    /// Where its keys are.
    pub jwks: JwksPlace,
}

impl AuthConfiguration {
    /// The issuer, if one was set.
    ///
    /// # Errors
    /// [`ConfigurationError::Incomplete`], saying what is missing.
    pub fn trusted(&self) -> Result<Option<TrustedIssuer>, ConfigurationError> {
        let Some(name) = self.issuer.clone() else {
            if self.audience.is_empty() && self.jwks.is_none() {
                return Ok(None);
            }
            return Err(incomplete("auth.audience and auth.jwks say nothing without auth.issuer (LARDER_AUTH_ISSUER)"));
        };
        if self.audience.is_empty() {
            let reason = "auth.issuer without auth.audience (LARDER_AUTH_AUDIENCE): the issuer's tokens for any other \
                          application would be taken too. Name the clients whose tokens are";
            return Err(incomplete(reason));
        }
        let jwks = self.jwks.clone().map_or_else(|| discovered(&name), Ok)?;
        Ok(Some(TrustedIssuer { name, audience: self.audience.clone(), jwks }))
    }
}

/// OpenID Connect Discovery 1.0, section 4.
fn discovered(issuer: &str) -> Result<JwksPlace, ConfigurationError> {
    let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let uri = private(&document).map_err(|reason| {
        let words = "the keys of auth.issuer can't be looked for, since";
        incomplete(&format!("{words} {reason}. Say where they are: auth.jwks (LARDER_AUTH_JWKS)"))
    })?;
    Ok(JwksPlace::Discovered(uri))
}

fn incomplete(reason: &str) -> ConfigurationError {
    ConfigurationError::Incomplete(reason.to_owned())
}

pub(super) fn issuer(text: &str) -> Parsed<String> {
    let valid = !text.is_empty() && !text.contains(|it: char| it.is_whitespace() || it.is_control());
    let wrong =
        || format!("{text:?} is no issuer, e.g. https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI");
    valid.then(|| text.to_owned()).ok_or_else(wrong)
}

pub(super) fn audience(text: &str) -> Parsed<Vec<String>> {
    let audience: Vec<_> = text.split(',').map(|one| one.trim().to_owned()).collect();
    let valid = audience.iter().all(|one| !one.is_empty() && !one.contains(char::is_whitespace));
    let wrong =
        || format!("{text:?} is no list of clients or resources with commas between them, e.g. 1example23456789");
    valid.then_some(audience).ok_or_else(wrong)
}

pub(super) fn jwks(text: &str) -> Parsed<JwksPlace> {
    if text.contains("://") {
        return private(text).map(JwksPlace::Url);
    }
    if text.is_empty() {
        return Err("\"\" is neither a file nor a URL, e.g. jwks.json".to_owned());
    }
    Ok(JwksPlace::File(PathBuf::from(text)))
}

fn private(text: &str) -> Parsed<Uri> {
    let uri = text.parse().ok().filter(is_private);
    uri.ok_or_else(|| {
        format!("{text:?} is no https URL: keys that came in clear from another machine could be anybody's")
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const POOL: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI";

    fn set(issuer: Option<&str>, audience: &[&str], place: Option<&str>) -> AuthConfiguration {
        let audience = audience.iter().map(|one| (*one).to_owned()).collect();
        let jwks = place.map(|place| jwks(place).expect("a place"));
        AuthConfiguration { issuer: issuer.map(str::to_owned), audience, jwks }
    }

    #[test]
    fn nothing_set_trusts_nobody() {
        assert_eq!(AuthConfiguration::default().trusted().expect("nothing is missing"), None);
    }

    #[test]
    fn keys_are_where_the_issuer_says_unless_they_are_named() {
        let trusted = |issuer, named| set(Some(issuer), &["app"], named).trusted();
        let place = |issuer, named| trusted(issuer, named).expect("whole").expect("an issuer").jwks;
        let refused = |issuer| trusted(issuer, None).expect_err("no keys").to_string();
        let document = format!("{POOL}/.well-known/openid-configuration").parse().expect("a URI");
        assert_eq!(place(POOL, None), JwksPlace::Discovered(document));
        assert_eq!(place("anything", Some("keys.json")), JwksPlace::File("keys.json".into()));
        assert!(refused("anything").contains("auth.jwks"));
        assert!(refused("http://idp.example").contains("https"));
    }

    #[test]
    fn half_an_issuer_is_refused_with_what_is_missing() {
        let refused = |auth: AuthConfiguration| auth.trusted().expect_err("half").to_string();
        assert!(refused(set(Some(POOL), &[], None)).contains("LARDER_AUTH_AUDIENCE"));
        assert!(refused(set(None, &["app"], None)).contains("LARDER_AUTH_ISSUER"));
        assert!(refused(set(None, &[], Some("keys.json"))).contains("LARDER_AUTH_ISSUER"));
    }

    #[rstest]
    #[case("a", &["a"])]
    #[case("a, b,c", &["a", "b", "c"])]
    fn an_audience_may_be_several(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(audience(text).expect("an audience"), expected);
    }

    #[test]
    fn what_is_no_value_is_refused() {
        assert!(["", ",", "a,", "a b"].iter().all(|text| audience(text).is_err()));
        assert!(["", "a b", "a\n"].iter().all(|text| issuer(text).is_err()));
        assert!(["", "http://idp.example/jwks", "ftp://x/y"].iter().all(|text| jwks(text).is_err()));
        assert!(jwks("http://127.0.0.1:8080/jwks").is_ok() && jwks("https://idp.example/jwks").is_ok());
    }
}
