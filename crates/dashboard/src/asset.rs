use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// A file of the page, as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// What it holds.
    pub bytes: Cow<'static, [u8]>,
    /// The media type, for `Content-Type`.
    pub content_type: &'static str,
    /// What names the content, for `ETag`; without quotes.
    pub etag: String,
    /// For how long what its name stands for stays the same.
    pub lasting: Lasting,
}

/// For how long what a name stands for stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// The name is made of the content.
    ForEver,
    /// Until the next release.
    UntilChanged,
}

impl Asset {
    pub(crate) fn new(name: &str, bytes: Cow<'static, [u8]>, lasting: Lasting) -> Self {
        let etag = digest([(name, &*bytes)]);
        Self { content_type: content_type(name), etag, bytes, lasting }
    }
}

/// 128 bits of SHA-256 over names and contents, in hexadecimal digits.
pub(crate) fn digest<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut digest = Sha256::new();
    for (name, bytes) in files {
        // Lengths, so that no two lists of files read the same.
        for part in [name.as_bytes(), bytes] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        // Nothing that a browser would run or show.
        _ => "application/octet-stream",
    }
}
