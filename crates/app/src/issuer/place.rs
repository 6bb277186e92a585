use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use http::Uri;
use serde::Deserialize;

use super::download::{self, download};
use super::key_set::KeySet;
use crate::configuration::JwksPlace;
use crate::is_private;

/// More than any issuer's keys, and few enough that no server can exhaust memory.
pub(super) const LARGEST_DOCUMENT: usize = 256 << 10;

/// Where an issuer's keys are read.
pub(super) struct KeyPlace {
    place: JwksPlace,
    issuer: String,
}

/// Why the keys of an issuer can't be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysUnreadable {
    /// The file can't be read.
    #[error("auth.jwks, {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// The URL gives no document.
    #[error("{uri}: {reason}")]
    OutOfReach {
        /// Which URL.
        uri: Uri,
        /// What happened.
        reason: String,
    },
    /// The document is no key set.
    #[error("{place}: this is no JSON Web Key Set (RFC 7517)")]
    NoKeySet {
        /// The file or the URL.
        place: String,
    },
    /// The key set has no key that may sign.
    #[error("{place}: there is no key for RS256, RS384, RS512, ES256 or ES384 with a kid in it (RFC 7517)")]
    NoKeys {
        /// The file or the URL.
        place: String,
    },
    /// The discovery document is no such document, or another issuer's, or names keys that travel in clear.
    #[error("{uri}: this is not the discovery document of {issuer} with a jwks_uri that is https")]
    NotDiscovered {
        /// Where the document is.
        uri: Uri,
        /// Whose it should be.
        issuer: String,
    },
}

impl KeysUnreadable {
    /// Whether this says that there are no keys, rather than nothing about them. Taking the file away says so too.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Self::NoKeys { .. } => true,
            Self::File { source, .. } => source.kind() == ErrorKind::NotFound,
            Self::OutOfReach { .. } | Self::NoKeySet { .. } | Self::NotDiscovered { .. } => false,
        }
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl KeyPlace {
    pub(super) fn new(place: JwksPlace, issuer: String) -> Self {
        Self { place, issuer }
    }

    /// Whether nobody else has to be asked.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.place, JwksPlace::File(_))
    }

    /// Reads the keys as they are now: at least one.
    pub(super) async fn read(&self) -> Result<KeySet, KeysUnreadable> {
        match &self.place {
            JwksPlace::File(path) => of_file(path).await,
            JwksPlace::Url(uri) => at(uri).await,
            JwksPlace::Discovered(uri) => at(&self.discover(uri).await?).await,
        }
    }

    /// Where the discovery document says. OpenID Connect Discovery 1.0, section 4.3: it must name the very issuer.
    async fn discover(&self, uri: &Uri) -> Result<Uri, KeysUnreadable> {
        let document = download(uri).await.map_err(|error| out_of_reach(uri, &error))?;
        let discovery = serde_json::from_slice(&document).ok().filter(|it: &Discovery| it.issuer == self.issuer);
        let keys = discovery.and_then(|it| it.jwks_uri.parse().ok()).filter(is_private);
        keys.ok_or_else(|| KeysUnreadable::NotDiscovered { uri: uri.clone(), issuer: self.issuer.clone() })
    }
}

async fn of_file(path: &Path) -> Result<KeySet, KeysUnreadable> {
    let failed = |source| KeysUnreadable::File { path: path.to_owned(), source };
    let document = tokio::fs::read(path).await.map_err(failed)?;
    let place = format!("auth.jwks, {}", path.display());
    // Whoever empties the file locks all out.
    if document.trim_ascii().is_empty() {
        return Err(KeysUnreadable::NoKeys { place });
    }
    keys_in(&document, place)
}

async fn at(uri: &Uri) -> Result<KeySet, KeysUnreadable> {
    let document = download(uri).await.map_err(|error| out_of_reach(uri, &error))?;
    keys_in(&document, uri.to_string())
}

fn keys_in(document: &[u8], place: String) -> Result<KeySet, KeysUnreadable> {
    match KeySet::parse(document) {
        Some(keys) if keys.is_empty() => Err(KeysUnreadable::NoKeys { place }),
        Some(keys) => Ok(keys),
        None => Err(KeysUnreadable::NoKeySet { place }),
    }
}

fn out_of_reach(uri: &Uri, error: &download::Failed) -> KeysUnreadable {
    KeysUnreadable::OutOfReach { uri: uri.clone(), reason: error.to_string() }
}
