use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
use larder_history::{History, HistoryError};

use crate::problem::{Problem, of_history_error};

/// For how long a database that was out of reach is left alone: whoever asks meanwhile is not kept waiting.
pub(super) const LEFT_ALONE_FOR: Duration = Duration::from_secs(5);
/// How long opening it may take: a request waits for it.
const OPENED_WITHIN: Duration = Duration::from_secs(5);

/// A database that is opened by whoever asks first.
pub(super) struct Database {
    pub(super) description: String,
    open: Open,
    environment: Arc<dyn Environment>,
    /// Held by who opens it.
    opening: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

pub(super) type Open = Box<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn History>, HistoryError>> + Send + Sync>;

#[derive(Default)]
pub(super) struct State {
    pub(super) opened: Option<Arc<dyn History>>,
    /// When it was last out of reach, and what whoever asked was told.
    pub(super) failed: Option<(Moment, Problem)>,
}

impl Database {
    pub(super) fn new(description: String, environment: Arc<dyn Environment>, open: Open) -> Self {
        Self { description, open, environment, opening: tokio::sync::Mutex::default(), state: Mutex::default() }
    }

    pub(super) async fn opened(&self) -> Result<Arc<dyn History>, Problem> {
        if let Some(known) = self.known() {
            return known;
        }
        let _opening = self.opening.lock().await;
        // Somebody else may have opened it, or failed to, meanwhile.
        if let Some(known) = self.known() {
            return known;
        }
        let opened = self.told(unless_hung(OPENED_WITHIN, (self.open)()).await)?;
        tracing::info!(history = self.description, "the history is open");
        self.state().opened = Some(opened.clone());
        Ok(opened)
    }

    /// What needs no opening: the history, or that it is left alone.
    fn known(&self) -> Option<Result<Arc<dyn History>, Problem>> {
        let state = self.state();
        if let Some((when, problem)) = &state.failed
            && self.environment.now().since(*when) < LEFT_ALONE_FOR
        {
            return Some(Err(problem.clone()));
        }
        state.opened.clone().map(Ok)
    }

    pub(super) fn told<T>(&self, answer: Result<T, HistoryError>) -> Result<T, Problem> {
        let error = match answer {
            Ok(answer) => {
                self.state().failed = None;
                return Ok(answer);
            }
            Err(error) => error,
        };
        tracing::warn!(history = self.description, %error, "the history could not be asked");
        let problem = of_history_error(&error);
        let mut state = self.state();
        let is_over = is_authentication(&error) || is_hung(&error);
        if is_over {
            state.opened = None;
        }
        // What is opened anew, or was never opened, is left alone as well: opening takes its time.
        if is_over || state.opened.is_none() || matches!(error, HistoryError::Unreachable(_)) {
            state.failed = Some((self.environment.now(), problem.clone()));
        }
        Err(problem)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A panic inside leaves it as it was, so a poisoned lock is still good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether PostgreSQL refused who we are: its codes of class 28, invalid authorization specification. That is how a
/// rotation of the secret shows.
fn is_authentication(error: &HistoryError) -> bool {
    let (HistoryError::Unreachable(source) | HistoryError::Database(source)) = error else { return false };
    let refused = source.as_database_error().and_then(sqlx::error::DatabaseError::code);
    refused.is_some_and(|code| code.starts_with("28"))
}

/// Whether it never answered: its connections wait on for as long as the network lets them, and hold up those to come.
fn is_hung(error: &HistoryError) -> bool {
    matches!(error, HistoryError::Unreachable(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}

/// What it answers, as long as it does so in time: else it hangs.
pub(super) async fn unless_hung<T>(
    within: Duration,
    call: impl Future<Output = Result<T, HistoryError>>,
) -> Result<T, HistoryError> {
    let hung = |_| Err(HistoryError::Unreachable(timed_out()));
    tokio::time::timeout(within, call).await.unwrap_or_else(hung)
}

/// The same of what may take longer than there is time, so that a late answer is no sign that it hangs.
pub(super) async fn unless_late<T>(
    within: Duration,
    call: impl Future<Output = Result<T, HistoryError>>,
) -> Result<T, HistoryError> {
    let late = |_| Err(HistoryError::TimedOut(timed_out()));
    tokio::time::timeout(within, call).await.unwrap_or_else(late)
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}
