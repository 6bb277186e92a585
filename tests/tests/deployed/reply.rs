use serde_json::Value;

/// What came back from the HTTP API.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) cache_status: String,
    pub(crate) json: Value,
}

impl Reply {
    pub(crate) async fn of(answer: reqwest::Response) -> Self {
        let status = answer.status().as_u16();
        let cache_status = answer.headers().get("cache-status").and_then(|value| value.to_str().ok());
        let cache_status = cache_status.unwrap_or_default().to_owned();
        let text = answer.text().await.expect("a whole body");
        let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {error}: {text}"));
        Self { status, cache_status, json }
    }

    pub(crate) fn is_from_memory(&self) -> bool {
        self.cache_status.contains("hit") && self.cache_status.contains("detail=memory")
    }
}
