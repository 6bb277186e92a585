use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{RefusedToken, signatures};

/// An issuer's keys by their `kid` (RFC 7517).
#[derive(Default)]
pub(super) struct KeySet(HashMap<String, Arc<SigningKey>>);

/// A key with all that its kind of key may sign by, so that no token chooses.
pub(super) struct SigningKey {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JSON Web Key Set. Keys that are not for signatures, of an unknown kind, or without a `kid` are left out:
    /// an issuer may have more for others. `None` if it is no key set.
    pub(super) fn parse(document: &[u8]) -> Option<Self> {
        let Document { keys } = serde_json::from_slice(document).ok()?;
        let usable = keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).filter_map(signing_key);
        Some(Self(usable.collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<SigningKey>> {
        self.0.get(id).cloned()
    }
}

impl SigningKey {
    /// The claims of a token that is signed with this key. What they say is not checked.
    pub(super) fn verified(&self, token: &str) -> Result<Map<String, Value>, RefusedToken> {
        signatures::install();
        match decode(token, &self.key, &self.validation) {
            Ok(decoded) => Ok(decoded.claims),
            Err(error) => Err(match error.kind() {
                ErrorKind::InvalidSignature => RefusedToken::Signature,
                ErrorKind::InvalidAlgorithm => RefusedToken::Algorithm,
                _ => RefusedToken::Malformed,
            }),
        }
    }
}

fn signing_key(jwk: Jwk) -> Option<(String, Arc<SigningKey>)> {
    if jwk.common.public_key_use.as_ref().is_some_and(|it| *it != PublicKeyUse::Signature) {
        return None;
    }
    let of_kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => signatures::OF_RSA,
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => signatures::OF_P256,
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P384 => signatures::OF_P384,
        _ => return None,
    };
    let named = jwk.common.key_algorithm.map(|named| named.to_string());
    let may = |algorithm: &&Algorithm| named.as_ref().is_none_or(|named| *named == format!("{algorithm:?}"));
    let algorithms: Vec<_> = of_kind.iter().filter(may).copied().collect();
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let validation = signature_only(algorithms)?;
    Some((jwk.common.key_id?, Arc::new(SigningKey { key, validation })))
}

/// The library would check times by a clock of its own, and take tokens that lack a claim.
fn signature_only(algorithms: Vec<Algorithm>) -> Option<Validation> {
    let mut validation = Validation::new(*algorithms.first()?);
    validation.algorithms = algorithms;
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    Some(validation)
}

#[cfg(test)]
mod tests {
    use larder_tests::TokenSigner;
    use serde_json::json;

    use super::*;

    fn parse(keys: &Value) -> Option<KeySet> {
        KeySet::parse(json!({"keys": keys}).to_string().as_bytes())
    }

    #[test]
    fn keys_of_no_use_hide_no_other() {
        let [signing, other] = ["signing", "other"].map(|id| TokenSigner::es256(id).jwk());
        let with = |name: &str, value: Value| {
            let mut key = other.clone();
            key[name] = value;
            key
        };
        let useless = [
            json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "other", "pub": "..."}),
            json!({"kty": "oct", "alg": "HS256", "kid": "other", "k": "c2VjcmV0"}),
            with("use", json!("enc")),
            with("alg", json!("ES384")),
            with("crv", json!("P-521")),
            with("kid", json!(null)),
            json!(5),
        ];
        for useless in useless {
            assert!(parse(&json!([useless])).expect("a key set").is_empty(), "{useless}");
            let keys = parse(&json!([useless, signing])).expect("one is left");
            assert!(keys.get("signing").is_some() && keys.get("other").is_none(), "{useless}");
        }
    }

    #[test]
    fn what_is_no_key_set_is_none() {
        for document in ["", "[]", "{}", "{\"keys\": {}}", "{\"keys\": [", "<html>"] {
            assert!(KeySet::parse(document.as_bytes()).is_none(), "{document}");
        }
        assert!(parse(&json!([])).expect("a key set without keys").is_empty());
    }

    #[test]
    fn a_key_verifies_only_by_its_own_algorithms() {
        let signers = [TokenSigner::rs256("key"), TokenSigner::es256("key"), TokenSigner::es384("key")];
        for (number, signer) in signers.iter().enumerate() {
            let key = parse(&json!([signer.jwk()])).and_then(|keys| keys.get("key")).expect("a key");
            assert_eq!(key.verified(&signer.sign(&json!({"sub": "ann"}))).expect("its own")["sub"], "ann");
            for other in signers.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, other)| other) {
                let refused = key.verified(&other.sign(&json!({"sub": "ann"}))).expect_err("another's");
                assert_eq!(refused, RefusedToken::Algorithm);
            }
        }
    }
}
