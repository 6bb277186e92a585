// Proof Key for Code Exchange, RFC 7636, by SHA-256.

/// A verifier of 256 random bits.
export function newVerifier() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/// The challenge that is sent ahead of the verifier.
export async function challengeOf(verifier) {
  return digest(verifier);
}

/// A value for another purpose that only who knows the verifier can tell: so the verifier is all that has to be kept
/// while the person is away.
export async function derived(verifier, purpose) {
  return digest(`${purpose}.${verifier}`);
}

async function digest(text) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
