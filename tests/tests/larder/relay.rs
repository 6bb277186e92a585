//! A port that leads to a server that may go and come back.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes connections on; cut, it drops those under way and closes new ones.
pub(crate) struct Relay {
    address: SocketAddr,
    target: watch::Sender<Option<String>>,
    _accepting: Arc<Mutex<tokio::task::JoinHandle<()>>>,
}

impl Relay {
    /// A relay to `url`, which is `http://host:port`.
    pub(crate) async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (target, watched) = watch::channel(Some(host(url)));
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, watched.clone()));
            }
        });
        Self { address, target, _accepting: Arc::new(Mutex::new(accepting)) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on there is no server.
    pub(crate) fn cut(&self) {
        self.target.send_replace(None);
    }

    /// From now on there is this one.
    pub(crate) fn lead_to(&self, url: &str) {
        self.target.send_replace(Some(host(url)));
    }
}

async fn pass(mut client: TcpStream, mut target: watch::Receiver<Option<String>>) {
    let Some(host) = target.borrow_and_update().clone() else { return };
    let Ok(mut server) = TcpStream::connect(host).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = target.changed() => {}
    }
}

fn host(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}
