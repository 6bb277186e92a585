//! A port that leads to a server that may be slow, go and come back.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Passes connections on. Dropping it closes them all.
pub(crate) struct Relay {
    address: SocketAddr,
    target: watch::Sender<Target>,
    arrived: Arc<Notify>,
    _accepting: JoinSet<()>,
}

/// Where a connection goes.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Server(String),
    /// Nowhere: those under way are dropped, new ones are closed.
    Cut,
    /// Nowhere yet: new ones wait until they may go on.
    Held,
}

impl Relay {
    /// A relay to `url`, which is `http://host:port`.
    pub(crate) async fn to(url: &str) -> Self {
        Self::with(Target::Server(host(url))).await
    }

    /// A relay that keeps whoever asks waiting until it leads somewhere.
    pub(crate) async fn held() -> Self {
        Self::with(Target::Held).await
    }

    async fn with(target: Target) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (target, watched) = watch::channel(target);
        let arrived = Arc::new(Notify::new());
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, watched, Arc::clone(&arrived)));
        Self { address, target, arrived, _accepting: accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until somebody has connected.
    pub(crate) async fn arrived(&self) {
        tokio::time::timeout(larder_tests::DEADLINE, self.arrived.notified()).await.expect("somebody connects");
    }

    /// From now on there is no server.
    pub(crate) fn cut(&self) {
        self.target.send_replace(Target::Cut);
    }

    /// From now on there is this one.
    pub(crate) fn lead_to(&self, url: &str) {
        self.target.send_replace(Target::Server(host(url)));
    }
}

async fn accept(listener: TcpListener, target: watch::Receiver<Target>, arrived: Arc<Notify>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        arrived.notify_one();
        connections.spawn(pass(client, target.clone()));
    }
}

async fn pass(mut client: TcpStream, mut target: watch::Receiver<Target>) {
    let Ok(leads) = target.wait_for(|target| *target != Target::Held).await.map(|target| target.clone()) else {
        return;
    };
    let Target::Server(host) = leads else { return };
    let Ok(mut server) = TcpStream::connect(host).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = target.changed() => {}
    }
}

fn host(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}
