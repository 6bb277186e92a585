use anyhow::{Context, ensure};
use bytes::Bytes;
use serde_json::Value;

/// What a function gives back to an HTTP API: payload format 2.0.
pub(super) struct Answer {
    document: Bytes,
    value: Value,
}

impl Answer {
    /// # Errors
    /// If it is no 200 with a body of text.
    pub(super) fn parse(document: &Bytes) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_slice(document)?;
        let text = || String::from_utf8_lossy(document);
        ensure!(value["statusCode"] == 200, "the answer is no 200: {}", text());
        ensure!(value["isBase64Encoded"] == false && value["body"].is_string(), "the answer is no text: {}", text());
        Ok(Self { document: document.clone(), value })
    }

    /// As the function gave it.
    pub(super) fn document(&self) -> &Bytes {
        &self.document
    }

    pub(super) fn body(&self) -> &str {
        self.value["body"].as_str().unwrap_or_default()
    }

    /// Checks what `Cache-Status` says.
    ///
    /// # Errors
    /// If it does not contain `text`.
    pub(super) fn must_say(&self, text: &str) -> anyhow::Result<()> {
        let headers = self.value["headers"].as_object().into_iter().flatten();
        let more = self.value["multiValueHeaders"].as_object().into_iter().flatten();
        let mut both = headers.chain(more).filter(|(name, _)| name.eq_ignore_ascii_case("cache-status"));
        let (_, status) = both.next().context("the answer has no Cache-Status")?;
        ensure!(status.to_string().contains(text), "Cache-Status does not say {text:?}: {status}");
        Ok(())
    }
}
