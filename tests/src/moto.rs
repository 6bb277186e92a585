//! moto: EC2 with real instance types, IAM, STS and more. It ignores paging.

use crate::counterparts::counterpart;
use crate::server::Server;

/// Serves, once the modules beside it have been found.
const MAIN: &str = "from moto.server import main; main()";

/// A moto server, gone when this is dropped.
pub struct Moto {
    server: Server,
}

impl Moto {
    /// Starts one.
    ///
    /// # Errors
    /// If it can't be started, with what it wrote.
    pub async fn start() -> anyhow::Result<Self> {
        let modules = counterpart("moto").display().to_string();
        let command = |[port]: [u16; 1]| {
            ["python3", "-c", MAIN, "-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec()
        };
        let env = [("PYTHONPATH", modules.as_str()), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
        Ok(Self { server: Server::start(command, &env, ["/moto-api/data.json"]).await? })
    }

    /// Where it answers, for every service, as `AWS_ENDPOINT_URL` wants it.
    #[must_use]
    pub fn endpoint_url(&self) -> &str {
        &self.server.url
    }
}
