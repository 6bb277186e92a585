use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{Issued, with};

/// What no authorizer lets through: the values of the header Authorization, and what is said of them.
pub(crate) struct Refused {
    pub(crate) name: &'static str,
    pub(crate) authorization: fn(&Issued) -> Vec<String>,
    /// A part of the reason, or nothing where nobody is told any: where there was no token.
    pub(crate) reason: &'static str,
}

macro_rules! rows {
    ($($name:literal => $reason:literal: $authorization:expr;)+) => {
        /// Every one of them.
        pub(crate) const REFUSED: &[Refused] =
            &[$(Refused { name: $name, reason: $reason, authorization: $authorization },)+];
    };
}

rows! {
    "nothing" => "": |_| Vec::new();
    "a name and a password" => "": |_| vec!["Basic YW5uOnNlY3JldA==".to_owned()];
    "an empty token" => "no signed JWT": |_| vec!["Bearer ".to_owned()];
    "garbage" => "no signed JWT": |_| vec!["Bearer x.y.z".to_owned()];
    "no ASCII" => "no signed JWT": |it| vec![format!("Bearer é{}", it.token(&json!({})))];
    "two tokens in a line" => "no signed JWT": |it| vec![format!("Bearer {0}, Bearer {0}", it.token(&json!({})))];
    "two headers" => "more than once": |it| vec![bearer(&it.token(&json!({}))), bearer(&it.token(&json!({})))];
    "two headers, one of them of another kind" => "more than once":
        |it| vec![bearer(&it.token(&json!({}))), "Basic YW5uOnNlY3JldA==".to_owned()];
    "too long" => "longer than 8 KiB": |it| one(&it.token(&json!({"filler": "x".repeat(8 << 10)})));
    "alg none" => "no signed JWT": |it| one(&it.signer.leave_unsigned(&it.claims()));
    "HS256 with the public key" => "algorithm": |it| one(&it.signer.sign_with_the_public_key(&it.claims()));
    "another algorithm than the key's" => "algorithm":
        |it| one(&it.signer.sign_under(&json!({"alg": "ES256"}), &it.claims()));
    "an extension that is critical" => "no signed JWT":
        |it| one(&it.signer.sign_under(&json!({"crit": ["exp"]}), &it.claims()));
    "no kid" => "no such key": |it| one(&it.signer.sign_under(&json!({"kid": null}), &it.claims()));
    "unknown kid" => "no such key": |it| one(&it.signer.sign_under(&json!({"kid": "other"}), &it.claims()));
    "its own key within" => "no such key": |it| {
        one(&it.stranger.sign_under(&json!({"kid": null, "jwk": it.stranger.jwk()}), &it.claims()))
    };
    "somebody else's signature" => "signature": |it| one(&it.stranger.sign(&it.claims()));
    "tampered payload" => "signature": |it| {
        let token = it.token(&json!({}));
        let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        let claims = with(it.claims(), &json!({"cognito:groups": ["acct-all"]}));
        one(&format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string())))
    };
    "no signature" => "signature": |it| {
        let token = it.token(&json!({}));
        one(&format!("{}.", token.rsplit_once('.').expect("three parts").0))
    };
    "wrong issuer" => "another issuer": |it| one(&it.token(&json!({"iss": "https://idp.example/other"})));
    "no issuer" => "another issuer": |it| one(&it.token(&json!({"iss": null})));
    "wrong client" => "another audience or client": |it| one(&it.token(&json!({"client_id": "other"})));
    "wrong audience" => "another audience or client": |it| one(&it.token(&json!({"aud": ["other"]})));
    "no audience" => "another audience or client": |it| one(&it.token(&json!({"client_id": null})));
    "expired" => "expired": |it| one(&it.token(&json!({"exp": it.now - 300})));
    "endless" => "expired": |it| one(&it.token(&json!({"exp": null})));
    "not yet valid" => "not valid yet": |it| one(&it.token(&json!({"nbf": it.now + 3_000})));
    "issued in the future" => "not valid yet": |it| one(&it.token(&json!({"iat": it.now + 3_000})));
    "ID token" => "token_use": |it| one(&it.token(&json!({"token_use": "id"})));
}

fn one(token: &str) -> Vec<String> {
    vec![bearer(token)]
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
