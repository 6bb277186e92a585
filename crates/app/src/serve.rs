use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests that run when the signal comes may take to finish.
const GRACE: Duration = Duration::from_millis(1_750);

/// Serves `router` until `stop` resolves; requests that run then have 1.75 s to finish, so that all is over in 2 s.
///
/// # Errors
/// What the listener fails with.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let signal = async move {
        stop.await;
        // Nobody listens any more only if serving has ended by itself.
        let _ = stopping.send(());
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(signal);
    tokio::select! {
        ended = serving.into_future() => ended,
        () = cut_off(stopped) => {
            tracing::warn!("requests were still running at the end, and were cut off");
            Ok(())
        }
    }
}

async fn cut_off(stopped: oneshot::Receiver<()>) {
    if stopped.await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GRACE).await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    use super::*;

    /// A server whose answer takes so long, and which is told to stop as soon as it works on one.
    async fn start(takes: Duration) -> (SocketAddr, JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Notify::new());
        let stop = Arc::clone(&asked);
        let answer = async move || {
            asked.notify_one();
            tokio::time::sleep(takes).await;
            "whole"
        };
        let router = Router::new().route("/", get(answer));
        (address, tokio::spawn(serve(listener, router, async move { stop.notified().await })))
    }

    #[expect(clippy::disallowed_methods, reason = "the paused clock moves only when everybody waits")]
    fn paused_now() -> Instant {
        Instant::now()
    }

    async fn ask(address: SocketAddr) -> String {
        let mut connection = TcpStream::connect(address).await.expect("it listens");
        connection.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("it ends the connection");
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_does_not_keep_the_server() {
        let (address, serving) = start(Duration::MAX).await;
        let asking = tokio::spawn(ask(address));
        let began = paused_now();
        serving.await.expect("no panic").expect("it ends well");
        assert!((GRACE..GRACE + Duration::from_millis(50)).contains(&began.elapsed()), "{:?}", began.elapsed());
        assert!(!asking.is_finished(), "it was given no answer");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_ends_in_time_is_answered_and_the_last_to_be_waited_for() {
        let takes = GRACE - Duration::from_millis(50);
        let (address, serving) = start(takes).await;
        let began = paused_now();
        let answer = ask(address).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("whole"), "{answer}");
        serving.await.expect("no panic").expect("it ends well");
        assert!((takes..GRACE).contains(&began.elapsed()), "{:?}", began.elapsed());
    }
}
