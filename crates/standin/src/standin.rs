use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::call_tag::CallTags;
use crate::fleet::Fleet;
use crate::handle::Handle;
use crate::latency::Latency;
use crate::lives::{Delivery, ServerCounts};
use crate::lookup_rate::LookupRate;
use crate::operations::{OPERATIONS, Operation};
use crate::replay::Replay;
use crate::server::Server;
use crate::unknown_keys::UnknownKeys;

/// How a stand-in is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one. Default 127.0.0.1:0.
    pub listen: SocketAddr,
    /// The fleet and the latencies follow from it. Default 1.
    pub seed: u64,
    /// How long answers take. Default none.
    pub latency: Latency,
    /// How long the credentials of an assumed role last, whatever the caller asks for. Default: as asked for.
    pub session_lifetime: Option<Duration>,
    /// The folder with AWS's recorded answers below `aws-responses/` and its service models below `models/`: what was
    /// recorded is answered with that, and the fleet answers the rest. Default none.
    pub replay: Option<PathBuf>,
    /// Whether answers tell which call they answer. Default not.
    pub call_tags: CallTags,
    /// What its clock says when it starts; it goes on from there. Credentials of roles end by it, which clients with
    /// another clock may not see. Default the time of day.
    pub now: Option<Timestamp>,
    /// How many instances there are.
    pub servers: ServerCounts,
    /// How evidence of the instances goes astray. Default not at all.
    pub delivery: Delivery,
    /// Whether lookups are limited in their rate. Default not.
    pub lookup_rate: LookupRate,
    /// Whose calls are those with an access key of nobody. Default nobody's: they are refused.
    pub unknown_keys: UnknownKeys,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 1,
            latency: Latency::None,
            session_lifetime: None,
            replay: None,
            call_tags: CallTags::Absent,
            now: None,
            servers: ServerCounts::default(),
            delivery: Delivery::default(),
            lookup_rate: LookupRate::Unlimited,
            unknown_keys: UnknownKeys::Refused,
        }
    }
}

/// Why a stand-in did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, not this machine's, or not permitted.
    #[error("the stand-in cannot listen on {listen}")]
    Listen {
        /// The address that was asked for.
        listen: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file of the recordings or the models is missing, or is not what its name says.
    #[error("the recordings in {} cannot be read", folder.display())]
    Replay {
        /// [`Config::replay`].
        folder: PathBuf,
        /// What is wrong.
        source: std::io::Error,
    },
}

/// A stand-in for the AWS endpoints, served by the current tokio runtime.
#[derive(Debug)]
pub struct Standin;

impl Standin {
    /// Every operation that it knows, as an IAM action: `ec2:DescribeSubnets`.
    pub fn actions() -> impl Iterator<Item = String> {
        OPERATIONS.iter().map(Operation::action)
    }

    /// Generates the fleet and serves it until the [`Handle`] is stopped or dropped. A stopped stand-in can be
    /// started again on the same address.
    ///
    /// # Errors
    /// [`StartError::Listen`] if the address cannot be bound, [`StartError::Replay`] if recordings are asked for and
    /// cannot be read.
    pub async fn start(config: Config) -> Result<Handle, StartError> {
        let listen = config.listen;
        let refused = |source| StartError::Listen { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let addr = listener.local_addr().map_err(refused)?;

        let replay = recordings(config.replay.clone()).await?;
        let server = Arc::new(Server::new(Fleet::generate(config.seed), replay, &config));
        let stopping = CancellationToken::new();
        let router = Server::router(Arc::clone(&server));
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the stand-in stopped serving");
            }
        });
        tracing::info!(%addr, seed = config.seed, "the stand-in listens");
        Ok(Handle::new(addr, server, stopping.drop_guard(), task))
    }
}

/// Reads what is to be replayed, beside the runtime: the models are large.
async fn recordings(folder: Option<PathBuf>) -> Result<Option<Replay>, StartError> {
    let Some(folder) = folder else { return Ok(None) };
    let place = folder.clone();
    let loaded = tokio::task::spawn_blocking(move || Replay::load(&place)).await;
    match loaded.map_err(std::io::Error::other).and_then(|loaded| loaded) {
        Ok(replay) => Ok(Some(replay)),
        Err(source) => Err(StartError::Replay { folder, source }),
    }
}
