use std::path::PathBuf;

use clap::Args;

use larder_app::configuration::AccessToken;

use crate::server::Server;

/// A running server that is asked instead of the store.
#[derive(Debug, Default, Args)]
pub(crate) struct ServerFlag {
    /// A running server instead of the store, which may be its memory: http://127.0.0.1:8080
    #[arg(long, value_name = "URL", conflicts_with = "store")]
    pub(crate) url: Option<String>,
    /// The file with the access token for the server [default: the token in LARDER_TOKEN, if there is one]
    #[arg(long, value_name = "FILE", requires = "url")]
    token_file: Option<PathBuf>,
}

impl ServerFlag {
    /// The server, if one was named.
    pub(crate) fn named(&self) -> anyhow::Result<Option<Server>> {
        let Some(url) = &self.url else { return Ok(None) };
        Ok(Some(Server::at(url, AccessToken::read(self.token_file.as_deref())?)?))
    }
}
