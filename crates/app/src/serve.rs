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
