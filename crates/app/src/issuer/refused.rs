/// Why a token is not believed. Its words repeat nothing of the token, and may stand in RFC 6750's `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedToken {
    /// More than one, of which another reader might believe another.
    #[error("the header Authorization is there more than once")]
    Several,
    /// Longer than any that an issuer gives.
    #[error("it is longer than 8 KiB")]
    TooLong,
    /// No JWT (RFC 7519) in the compact serialisation, or one without a signature.
    #[error("it is no signed JWT")]
    Malformed,
    /// Not an algorithm with a public key, or not the key's.
    #[error("its algorithm is not one of RS256, RS384, RS512, ES256 and ES384, or not that of its key")]
    Algorithm,
    /// No key, or none of the issuer's.
    #[error("its issuer has no such key")]
    UnknownKey,
    /// Changed, or not signed with that key.
    #[error("its signature is wrong")]
    Signature,
    /// The claim `iss`.
    #[error("it is of another issuer")]
    Issuer,
    /// The claims `aud` and `client_id`.
    #[error("it is for another audience or client")]
    Audience,
    /// The claim `exp`, which must be there.
    #[error("it has expired, or does not say when it does")]
    Expired,
    /// The claims `nbf` and `iat`.
    #[error("it is not valid yet")]
    NotYet,
    /// The claim `token_use`: an ID token tells who somebody is, and not what they may do.
    #[error("it is no access token: its claim token_use is not access")]
    NoAccessToken,
    /// None could be verified: the keys are out of reach, which is no fault of the caller's.
    #[error("the keys of the issuer are out of reach")]
    NoKeys,
}
