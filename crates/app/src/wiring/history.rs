mod database_secret;
mod open;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
use larder_history::{History, HistoryError};

use crate::problem::{Code, Problem, of_history_error};

pub use open::{default_history_path, ephemeral_history, history_of};

/// For how long a database that was out of reach is left alone: whoever asks meanwhile is not kept waiting.
const LEFT_ALONE_FOR: Duration = Duration::from_secs(5);
/// How long opening it may take: a request waits for it.
const OPENED_WITHIN: Duration = Duration::from_secs(5);

/// The history as a host has it: opened when somebody first asks, or the reason why there is none. Cloning is a reference
/// count.
///
/// A database that is down is no end: it is opened, or reached, by whoever asks a little later.
#[derive(Clone)]
pub struct OpenedHistory(Arc<Kept>);

enum Kept {
    Nowhere(String),
    In(Box<Database>),
}

struct Database {
    description: String,
    open: Open,
    environment: Arc<dyn Environment>,
    /// Held by who opens it.
    opening: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

type Open = Box<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn History>, HistoryError>> + Send + Sync>;

#[derive(Default)]
struct State {
    opened: Option<Arc<dyn History>>,
    /// When it was last out of reach, and what whoever asked was told.
    failed: Option<(Moment, Problem)>,
}

/// How the history is, as far as anybody knows who has asked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryHealth {
    /// None is set up.
    Absent,
    /// Nobody has asked it yet.
    Unasked,
    /// It answered whoever asked last.
    Reachable,
    /// It failed whoever asked last.
    Unavailable,
}

impl HistoryHealth {
    /// In a word or two.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unasked => "not asked yet",
            Self::Reachable => "ok",
            Self::Unavailable => "unavailable",
        }
    }
}

impl OpenedHistory {
    /// None, and why.
    #[must_use]
    pub fn none(reason: impl Into<String>) -> Self {
        Self(Arc::new(Kept::Nowhere(reason.into())))
    }

    /// That which `open` opens, once somebody asks and each time that the database has to be opened anew. `description`
    /// is for people, and has no password.
    pub fn when_asked<F>(
        description: String,
        environment: Arc<dyn Environment>,
        open: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Arc<dyn History>, HistoryError>> + Send + 'static,
    {
        let open: Open = Box::new(move || Box::pin(open()));
        let (opening, state) = (tokio::sync::Mutex::default(), Mutex::default());
        Self(Arc::new(Kept::In(Box::new(Database { description, open, environment, opening, state }))))
    }

    /// Whether one is set up, be it reachable or not.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        matches!(*self.0, Kept::In(_))
    }

    /// Where it is kept, for people; `none` where there is none.
    #[must_use]
    pub fn description(&self) -> &str {
        match &*self.0 {
            Kept::Nowhere(_) => "none",
            Kept::In(database) => &database.description,
        }
    }

    /// How it is.
    #[must_use]
    pub fn health(&self) -> HistoryHealth {
        let Kept::In(database) = &*self.0 else { return HistoryHealth::Absent };
        match &*database.state() {
            State { failed: Some(_), .. } => HistoryHealth::Unavailable,
            State { opened: Some(_), .. } => HistoryHealth::Reachable,
            State { opened: None, .. } => HistoryHealth::Unasked,
        }
    }

    /// The history, opened now if it is not yet.
    ///
    /// # Errors
    /// [`Code::HistoryNotConfigured`], saying what to set; [`Code::HistoryUnavailable`], at once where it was out of reach
    /// a moment ago.
    pub async fn opened(&self) -> Result<Arc<dyn History>, Problem> {
        match &*self.0 {
            Kept::Nowhere(reason) => {
                Err(Problem::new(Code::HistoryNotConfigured, format!("There is no history here: {reason}.")))
            }
            Kept::In(database) => database.opened().await,
        }
    }

    /// What the history answered, and what a caller is told where it failed. Every answer goes this way, so that a
    /// database that is out of reach is left alone for a moment, and one that refuses our password is opened anew.
    ///
    /// # Errors
    /// [`Code::HistoryUnavailable`].
    pub fn told<T>(&self, answer: Result<T, HistoryError>) -> Result<T, Problem> {
        match &*self.0 {
            Kept::Nowhere(_) => answer.map_err(|error| of_history_error(&error)),
            Kept::In(database) => database.told(answer),
        }
    }
}

impl Database {
    async fn opened(&self) -> Result<Arc<dyn History>, Problem> {
        if let Some(known) = self.known() {
            return known;
        }
        let _opening = self.opening.lock().await;
        // Somebody else may have opened it, or failed to, meanwhile.
        if let Some(known) = self.known() {
            return known;
        }
        let opened = match tokio::time::timeout(OPENED_WITHIN, (self.open)()).await {
            Ok(opened) => opened,
            Err(_) => Err(HistoryError::Unreachable(sqlx::Error::PoolTimedOut)),
        };
        let opened = self.told(opened)?;
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

    fn told<T>(&self, answer: Result<T, HistoryError>) -> Result<T, Problem> {
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
        let is_refused = is_authentication(&error);
        if is_refused {
            state.opened = None;
        }
        // What is opened anew, or was never opened, is left alone as well: opening takes its time.
        if is_refused || state.opened.is_none() || matches!(error, HistoryError::Unreachable(_)) {
            state.failed = Some((self.environment.now(), problem.clone()));
        }
        Err(problem)
    }

    fn state(&self) -> MutexGuard<'_, State> {
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

impl fmt::Debug for OpenedHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenedHistory").field(&self.description()).finish()
    }
}

#[cfg(test)]
mod tests;
