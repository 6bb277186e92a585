mod database;
mod database_secret;
mod open;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use larder_cache::Environment;
use larder_history::{History, HistoryError};

use crate::problem::{Code, Problem, of_history_error};
use database::{Database, Open, State, unless_hung, unless_late};

pub use open::{default_history_path, ephemeral_history, history_of};

/// How long an answer may take: nobody is kept waiting by a database that hangs.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

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
        Self(Arc::new(Kept::In(Box::new(Database::new(description, environment, open)))))
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

    /// What the history answers, and what a caller is told where it fails, or does not answer for so long that it can't be
    /// waited for. Every call goes this way, so that a database that is out of reach is left alone for a moment, and one
    /// that refuses our password, or hangs, is opened anew.
    ///
    /// # Errors
    /// [`Code::HistoryUnavailable`].
    pub async fn told<T>(&self, call: impl Future<Output = Result<T, HistoryError>>) -> Result<T, Problem> {
        self.noted(unless_hung(ANSWERED_WITHIN, call).await)
    }

    /// The same of what may take longer than somebody who asks would wait, such as keeping and looking after. What does
    /// not end within that time is given up.
    ///
    /// # Errors
    /// As of [`Self::told`].
    pub async fn told_within<T>(
        &self,
        within: Duration,
        call: impl Future<Output = Result<T, HistoryError>>,
    ) -> Result<T, Problem> {
        self.noted(unless_late(within, call).await)
    }

    fn noted<T>(&self, answer: Result<T, HistoryError>) -> Result<T, Problem> {
        match &*self.0 {
            Kept::Nowhere(_) => answer.map_err(|error| of_history_error(&error)),
            Kept::In(database) => database.told(answer),
        }
    }
}

impl fmt::Debug for OpenedHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenedHistory").field(&self.description()).finish()
    }
}

#[cfg(test)]
mod tests;
