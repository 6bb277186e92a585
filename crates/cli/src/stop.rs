//! When the program is told to stop.

use crate::exit::Exit;

/// What told it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// SIGINT: Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl From<Stop> for Exit {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Interrupted => Self::Interrupted,
            Stop::Terminated => Self::Terminated,
        }
    }
}

/// Resolves at SIGINT (Ctrl-C) or SIGTERM.
///
/// # Errors
/// If the system lets nobody wait for them.
#[cfg(unix)]
pub(crate) fn stop_signal() -> std::io::Result<impl Future<Output = Stop> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Stop::Interrupted,
            _ = terminate.recv() => Stop::Terminated,
        }
    })
}

/// Resolves at Ctrl-C.
///
/// # Errors
/// None; it is as on Unix.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> std::io::Result<impl Future<Output = Stop> + Send + 'static> {
    Ok(async {
        // Without a signal to await, the program is ended by the system.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::Interrupted
    })
}
