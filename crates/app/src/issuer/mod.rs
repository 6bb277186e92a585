//! Access tokens of an issuer, verified as API Gateway's JWT authorizer would.
//!
//! Invariant: a token that is not verified to its end is nobody's, and no token is in a log or an answer.

mod refused;

mod claims;
mod rules;

mod key_set;
mod signatures;

mod download;
mod keys;
mod place;

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::decode_header;
use larder_cache::Environment;

use crate::Principal;
use crate::configuration::TrustedIssuer;
use keys::Keys;
use rules::Rules;

pub use place::KeysUnreadable;
pub use refused::RefusedToken;

/// No issuer's tokens are longer: API Gateway takes 10 KiB of headers altogether.
const LONGEST_TOKEN: usize = 8 << 10;

/// An issuer whose access tokens say who asks.
pub struct Issuer {
    keys: Arc<Keys>,
    rules: Rules,
    environment: Arc<dyn Environment>,
}

impl Issuer {
    /// How long an issuer that was out of reach is left alone.
    pub(crate) const LEFT_ALONE_FOR: Duration = keys::LEFT_ALONE_FOR;

    /// The issuer that was set, with its keys. One that is out of reach is asked again when a token comes.
    ///
    /// # Errors
    /// [`KeysUnreadable`] for a file that has no keys: that does not mend itself.
    pub async fn open(trusted: TrustedIssuer, environment: Arc<dyn Environment>) -> Result<Self, KeysUnreadable> {
        let TrustedIssuer { name, audience, jwks } = trusted;
        let keys = Keys::open(place::KeyPlace::new(jwks, name.clone()), environment.clone()).await?;
        Ok(Self { keys, rules: Rules { issuer: name, audience }, environment })
    }

    /// Whom a token is about.
    ///
    /// # Errors
    /// Why it is not believed.
    pub async fn principal_of(&self, token: &str) -> Result<Principal, RefusedToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(RefusedToken::TooLong);
        }
        let header = decode_header(token).map_err(|_| RefusedToken::Malformed)?;
        // RFC 7515, section 4.1.11: who does not understand an extension that is critical must refuse.
        if header.crit.is_some() {
            return Err(RefusedToken::Malformed);
        }
        let key = self.keys.find(header.kid.as_deref().ok_or(RefusedToken::UnknownKey)?).await?;
        let claims = key.verified(token)?;
        self.rules.check(&claims, self.environment.now().wall)?;
        Principal::from_claims(&claims::as_texts(claims), &[]).ok_or(RefusedToken::NoAccessToken)
    }
}

#[cfg(test)]
mod tests;
