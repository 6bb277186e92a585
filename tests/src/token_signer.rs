//! An issuer's key, and the tokens that it signs.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A key made for one test.
pub struct TokenSigner {
    id: String,
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Ec { pair: EcdsaKeyPair, curve: &'static str, algorithm: &'static str },
}

impl TokenSigner {
    /// RSA of 2048 bits, as Cognito's.
    ///
    /// # Panics
    /// If there is no randomness.
    #[must_use]
    pub fn rs256(id: &str) -> Self {
        Self { id: id.to_owned(), key: Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key")) }
    }

    /// ECDSA on P-256.
    #[must_use]
    pub fn es256(id: &str) -> Self {
        Self::elliptic(id, &ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", "ES256")
    }

    /// ECDSA on P-384.
    #[must_use]
    pub fn es384(id: &str) -> Self {
        Self::elliptic(id, &ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", "ES384")
    }

    fn elliptic(
        id: &str,
        signing: &'static EcdsaSigningAlgorithm,
        curve: &'static str,
        algorithm: &'static str,
    ) -> Self {
        let pair = EcdsaKeyPair::generate(signing).expect("a key");
        Self { id: id.to_owned(), key: Key::Ec { pair, curve, algorithm } }
    }

    /// The public key as RFC 7517 has it.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let public = self.public();
        match &self.key {
            Key::Rsa(_) => json!({
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
                // RFC 8017's structure of two numbers: nine bytes before the first, which has 256, and 65537 behind it.
                "n": URL_SAFE_NO_PAD.encode(&public[9..265]),
                "e": "AQAB",
            }),
            Key::Ec { curve, algorithm, .. } => {
                // Uncompressed: a byte that says so, and two coordinates of the same length.
                let (x, y) = public[1..].split_at((public.len() - 1) / 2);
                json!({
                    "kty": "EC", "use": "sig", "alg": algorithm, "kid": self.id, "crv": curve,
                    "x": URL_SAFE_NO_PAD.encode(x),
                    "y": URL_SAFE_NO_PAD.encode(y),
                })
            }
        }
    }

    /// A token with these claims.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_under(&json!({}), claims)
    }

    /// The same, with a header that differs in these members; a `null` takes one away.
    ///
    /// # Panics
    /// If these are no objects.
    #[must_use]
    pub fn sign_under(&self, changed: &Value, claims: &Value) -> String {
        let message = self.message(changed, claims);
        let signature = match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
                    .expect("it signs");
                signature
            }
            Key::Ec { pair, .. } => {
                pair.sign(&SystemRandom::new(), message.as_bytes()).expect("it signs").as_ref().to_vec()
            }
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token that says it is signed with a secret, and is: the public key.
    #[must_use]
    pub fn sign_with_the_public_key(&self, claims: &Value) -> String {
        let message = self.message(&json!({"alg": "HS256"}), claims);
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.public());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&secret, message.as_bytes())))
    }

    /// A token that says it is not signed, and isn't.
    #[must_use]
    pub fn leave_unsigned(&self, claims: &Value) -> String {
        format!("{}.", self.message(&json!({"alg": "none"}), claims))
    }

    fn message(&self, changed: &Value, claims: &Value) -> String {
        let algorithm = match &self.key {
            Key::Rsa(_) => "RS256",
            Key::Ec { algorithm, .. } => algorithm,
        };
        let mut header = json!({"alg": algorithm, "kid": self.id, "typ": "JWT"});
        let members = header.as_object_mut().expect("an object");
        members.extend(changed.as_object().expect("an object").clone());
        members.retain(|_, value| !value.is_null());
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn public(&self) -> &[u8] {
        match &self.key {
            Key::Rsa(pair) => pair.public_key().as_ref(),
            Key::Ec { pair, .. } => pair.public_key().as_ref(),
        }
    }
}
