use std::time::Duration;

use serde_json::{Map, Value};

use super::RefusedToken;

/// How far the issuer's clock and ours may be apart.
const LEEWAY: Duration = Duration::from_secs(30);

/// What a verified token must say, by the rules of API Gateway's JWT authorizer.
pub(super) struct Rules {
    pub(super) issuer: String,
    pub(super) audience: Vec<String>,
}

impl Rules {
    /// Checks the claims at `now`, the time since 1970-01-01 UTC.
    pub(super) fn check(&self, claims: &Map<String, Value>, now: Duration) -> Result<(), RefusedToken> {
        if claims.get("iss").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(RefusedToken::Issuer);
        }
        if !self.is_for_us(claims) {
            return Err(RefusedToken::Audience);
        }
        let time = |name: &str| claims.get(name).map(Value::as_f64);
        if !time("exp").flatten().is_some_and(|end| now.as_secs_f64() < end + LEEWAY.as_secs_f64()) {
            return Err(RefusedToken::Expired);
        }
        let has_begun = |begin: Option<f64>| begin.is_some_and(|begin| begin <= (now + LEEWAY).as_secs_f64());
        if ["nbf", "iat"].into_iter().filter_map(time).all(has_begun) { Ok(()) } else { Err(RefusedToken::NotYet) }
    }

    /// `aud` is a text or a list (RFC 7519, section 4.1.3); Cognito's access tokens have `client_id` instead.
    fn is_for_us(&self, claims: &Map<String, Value>) -> bool {
        let known = |one: &Value| one.as_str().is_some_and(|one| self.audience.iter().any(|known| known == one));
        match (claims.get("aud"), claims.get("client_id")) {
            (Some(Value::Array(several)), _) => several.iter().any(known),
            (Some(one), _) | (None, Some(one)) => known(one),
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_773_342_238;

    /// What is said of a token that differs from a good one in these claims; a `null` takes one away.
    fn check(changed: Value) -> Result<(), RefusedToken> {
        let claims = json!({"iss": "https://idp.example", "client_id": "app", "exp": NOW + 60, "iat": NOW});
        let (Value::Object(mut claims), Value::Object(changed)) = (claims, changed) else { panic!("objects") };
        claims.extend(changed);
        claims.retain(|_, value| !value.is_null());
        let audience = ["app", "other"].map(str::to_owned).into();
        Rules { issuer: "https://idp.example".to_owned(), audience }.check(&claims, Duration::from_secs(NOW))
    }

    #[rstest]
    #[case(json!({}), Ok(()))]
    #[case::another(json!({"iss": "https://evil.example"}), Err(RefusedToken::Issuer))]
    #[case::to_the_letter(json!({"iss": "https://idp.example/"}), Err(RefusedToken::Issuer))]
    #[case::of_nobody(json!({"iss": null}), Err(RefusedToken::Issuer))]
    #[case::one_of_several(json!({"iss": ["https://idp.example"]}), Err(RefusedToken::Issuer))]
    #[case::other_client(json!({"client_id": "other"}), Ok(()))]
    #[case::unknown_client(json!({"client_id": "third"}), Err(RefusedToken::Audience))]
    #[case::for_nobody(json!({"client_id": null}), Err(RefusedToken::Audience))]
    #[case::audience(json!({"client_id": null, "aud": "app"}), Ok(()))]
    #[case::audiences(json!({"client_id": null, "aud": ["account", "app"]}), Ok(()))]
    #[case::the_audience_counts(json!({"aud": "third"}), Err(RefusedToken::Audience))]
    #[case::none_of_several(json!({"aud": ["third"]}), Err(RefusedToken::Audience))]
    #[case::no_audience(json!({"aud": []}), Err(RefusedToken::Audience))]
    #[case::endless(json!({"exp": null}), Err(RefusedToken::Expired))]
    #[case::text(json!({"exp": "9999999999"}), Err(RefusedToken::Expired))]
    #[case::within_the_leeway(json!({"exp": NOW - 29}), Ok(()))]
    #[case::fraction(json!({"exp": NOW as f64 - 29.5}), Ok(()))]
    #[case::expired(json!({"exp": NOW - 30}), Err(RefusedToken::Expired))]
    #[case::begins_within_the_leeway(json!({"nbf": NOW + 30}), Ok(()))]
    #[case::not_yet(json!({"nbf": NOW + 31}), Err(RefusedToken::NotYet))]
    #[case::not_issued_yet(json!({"iat": NOW + 31}), Err(RefusedToken::NotYet))]
    #[case::begins_in_words(json!({"nbf": "now"}), Err(RefusedToken::NotYet))]
    #[case::says_nothing_of_its_begin(json!({"iat": null}), Ok(()))]
    fn a_token_is_of_the_issuer_for_us_and_of_now(#[case] changed: Value, #[case] expected: Result<(), RefusedToken>) {
        assert_eq!(check(changed), expected);
    }
}
