use larder_app::{Environment, SystemEnvironment};
use larder_tests::TokenSigner;
use serde_json::{Value, json};

/// The client that tokens are for.
pub(crate) const AUDIENCE: &str = "1example23456789";

/// What an issuer gives: its keys, and the claims of a person who may read the first account, as Cognito makes them.
pub(crate) struct Issued {
    pub(crate) issuer: String,
    pub(crate) signer: TokenSigner,
    pub(crate) other_kinds: [TokenSigner; 2],
    /// Of no issuer.
    pub(crate) stranger: TokenSigner,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) now: u64,
}

impl Issued {
    pub(crate) fn by(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            signer: TokenSigner::rs256("one"),
            other_kinds: [TokenSigner::es256("two"), TokenSigner::es384("three")],
            stranger: TokenSigner::rs256("one"),
            now: SystemEnvironment::new().now().wall.as_secs(),
        }
    }

    pub(crate) fn key_set(&self) -> String {
        let keys: Vec<_> = [&self.signer].into_iter().chain(&self.other_kinds).map(TokenSigner::jwk).collect();
        json!({"keys": keys}).to_string()
    }

    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "6f1c9a52-8d0e-4a55-9a55-0c2f6f8f1f0a",
            "client_id": AUDIENCE,
            "username": "ann",
            "token_use": "access",
            "scope": "openid larder/read",
            "cognito:groups": ["staff", "acct-111122223333"],
            "iat": self.now,
            "exp": self.now + 3_600,
        })
    }

    /// A token that is as good as its claims, which differ in these.
    pub(crate) fn token(&self, changed: &Value) -> String {
        self.signer.sign(&with(self.claims(), changed))
    }
}

/// The claims with these instead; a `null` takes one away.
pub(crate) fn with(mut claims: Value, changed: &Value) -> Value {
    let members = claims.as_object_mut().expect("an object");
    members.extend(changed.as_object().expect("an object").clone());
    members.retain(|_, value| !value.is_null());
    claims
}
