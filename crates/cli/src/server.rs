//! Another Larder, over HTTP.

mod failure;

use std::time::Duration;

use anyhow::Context;
use aws_smithy_http_client::default_connector;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::{BodyExt, Limited};
use larder_app::configuration::AccessToken;
use larder_app::runtime::{AskedServers, MonthOfServers};
use larder_app::{EntriesPage, InvalidationDone, InvalidationRequest, Stats, is_private};
use serde::de::DeserializeOwned;

use crate::exit::WrongUsage;

/// How long the way to the server may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long an answer may take: longer than the deadline of any route.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Far more than a page of entries, and few enough that no server can exhaust memory.
const LARGEST_ANSWER: usize = 16 << 20;
/// How many entries are asked for at once.
const PAGE: usize = 1_000;

/// A Larder that answers at a URL.
pub(crate) struct Server {
    url: String,
    token: Option<AccessToken>,
    connector: SharedHttpConnector,
}

impl Server {
    /// The one at `url`; nothing is asked yet.
    ///
    /// # Errors
    /// [`WrongUsage`] for a URL that can't be one, or over which a token would travel for everybody to read.
    pub(crate) fn at(url: &str, token: Option<AccessToken>) -> anyhow::Result<Self> {
        let base = base_of(url).ok_or_else(|| {
            WrongUsage(format!("--url: {url:?} is not the URL of a server, such as http://127.0.0.1:8080"))
        })?;
        if token.is_some() && !is_private(&base) {
            let reason = "the access token would go over the network in clear: use https, or no token";
            return Err(WrongUsage(format!("--url: {url}: {reason}")).into());
        }
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_WITHIN).build();
        let connector = default_connector(&settings, None).context("this build has no HTTP client")?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), token, connector })
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What its process counted.
    pub(crate) async fn stats(&self) -> anyhow::Result<Stats> {
        self.get("/cache/stats").await
    }

    /// A page of what its store holds.
    pub(crate) async fn entries(&self, cursor: Option<&str>) -> anyhow::Result<EntriesPage> {
        // A cursor is base64url, so there is nothing to escape in it.
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("/cache/entries?limit={PAGE}{cursor}")).await
    }

    /// A page of the servers that are asked for. One account or region can be named to it; of several, those of all are
    /// told.
    pub(crate) async fn servers(&self, asked: &AskedServers, cursor: Option<&str>) -> anyhow::Result<MonthOfServers> {
        self.get(&servers_path(asked, cursor)).await
    }

    /// Kills what matches, for it and for every other on its store.
    pub(crate) async fn invalidate(&self, request: &InvalidationRequest) -> anyhow::Result<InvalidationDone> {
        let path = "/cache/invalidate";
        let body = serde_json::to_vec(&request.body())?;
        let post = Request::post(format!("{}{path}", self.url)).header(CONTENT_TYPE, "application/json");
        self.answer(path, post, body.into()).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.answer(path, Request::get(format!("{}{path}", self.url)), SdkBody::empty()).await
    }

    async fn answer<T: DeserializeOwned>(&self, path: &str, request: Builder, body: SdkBody) -> anyhow::Result<T> {
        let asking = tokio::time::timeout(ANSWER_WITHIN, self.ask(request, body)).await;
        let (status, body) = asking.map_err(|_| failure::late(&self.url, ANSWER_WITHIN))??;
        if status != 200 {
            return Err(failure::of_status(&self.url, path, status, &body, self.token.is_some()));
        }
        serde_json::from_slice(&body).map_err(|error| failure::no_larder(&self.url, path, &error.to_string()))
    }

    /// The status and the body of the answer.
    async fn ask(&self, request: Builder, body: SdkBody) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut request = request.header(ACCEPT, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.authorization());
        }
        let request = HttpRequest::try_from(request.body(body)?)?;
        let response = self.connector.call(request).await;
        let response = response.map_err(|error| failure::unreachable(&self.url, &error))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| failure::broken_off(&self.url, &*error))?;
        Ok((status, body.to_bytes().to_vec()))
    }
}

/// Neither months, accounts, regions nor cursors have anything to escape.
fn servers_path(asked: &AskedServers, cursor: Option<&str>) -> String {
    let month = asked.month.map(|month| format!("&month={month}"));
    let account = if let [one] = &*asked.accounts { Some(format!("&accountId={one}")) } else { None };
    let region = if let [one] = &*asked.regions { Some(format!("&region={one}")) } else { None };
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}"));
    let named: String = [month, account, region, cursor].into_iter().flatten().collect();
    format!("/runtime/servers?limit={PAGE}{named}")
}

/// A URL that paths can be put behind.
fn base_of(url: &str) -> Option<Uri> {
    let base: Uri = url.parse().ok()?;
    let is_http = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&base.scheme());
    let has_host = base.authority().is_some_and(|it| !it.host().is_empty() && !it.as_str().contains('@'));
    (is_http && has_host && base.query().is_none() && !url.contains('#')).then_some(base)
}

#[cfg(test)]
mod tests {
    use larder_app::{account_of_text, region_of_text};

    use super::*;

    #[test]
    fn one_account_and_region_are_named_and_several_are_not() {
        let [first, second] = ["111122223333", "444455556666"].map(|id| account_of_text(id).expect("12 digits"));
        let region = region_of_text("eu-west-1").expect("a region");
        let month = Some("2025-10".parse().expect("a month"));
        let one =
            AskedServers { month, accounts: vec![first.clone()], regions: vec![region], ..AskedServers::default() };
        let path = servers_path(&one, Some("x"));
        assert_eq!(path, "/runtime/servers?limit=1000&month=2025-10&accountId=111122223333&region=eu-west-1&cursor=x");
        let two = AskedServers { accounts: vec![first, second], ..AskedServers::default() };
        assert_eq!(servers_path(&two, None), "/runtime/servers?limit=1000");
    }

    #[test]
    fn a_url_names_a_scheme_and_a_host_and_nothing_secret() {
        for url in ["http://127.0.0.1:8080", "https://api.example.com/prod/", "http://[::1]:80", "http://localhost"] {
            assert!(base_of(url).is_some(), "{url}");
        }
        for url in
            ["", "localhost:8080", "127.0.0.1", "ftp://a", "http://", "http://a b", "http://me:pw@a", "http://a?b"]
        {
            assert!(base_of(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_token_does_not_travel_in_clear() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "eyJh.eyJz.c2ln").expect("it is written");
        let sent = |url| Server::at(url, AccessToken::read(Some(file.path())).expect("a token")).is_ok();
        assert!(sent("https://api.example.com") && sent("http://127.0.0.1:8080") && sent("http://[::1]:8080"));
        assert!(!sent("http://api.example.com") && !sent("http://10.0.0.1"));
        assert!(Server::at("http://10.0.0.1", None).is_ok(), "there is nothing to read");
    }
}
