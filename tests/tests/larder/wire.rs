//! HTTP by hand, for what no client would send.

use larder_tests::DEADLINE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What happens to the connection once all is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// The server ends it, behind its answer.
    ByTheServer,
    /// The sender ends it, whether the server waits for more or not.
    BySender,
}

/// Sends the bytes and reads whatever comes back, which may be nothing.
pub(crate) async fn exchange(address: &str, bytes: &[u8], ending: Ending) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let mut answer = Vec::new();
    let exchange = async {
        let (mut read, mut write) = stream.split();
        let send = async {
            // A server that has seen enough may close before the end.
            let _ = write.write_all(bytes).await;
            if matches!(ending, Ending::BySender) {
                let _ = write.shutdown().await;
            }
        };
        let receive = async {
            // As above: what had come by then is kept.
            let _ = read.read_to_end(&mut answer).await;
        };
        tokio::join!(send, receive);
    };
    tokio::time::timeout(DEADLINE, exchange).await.expect("the connection ends");
    answer
}
