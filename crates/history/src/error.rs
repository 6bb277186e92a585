use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// Why the history did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The database can't be reached, or broke off: the same may work later.
    #[error("the history's database can't be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// It took longer than the statement timeout.
    #[error("the history's database took too long: {0}")]
    TimedOut(#[source] sqlx::Error),
    /// There is no room left. What was there is whole; reads go on.
    #[error("the history's database is full: {0}")]
    Full(#[source] sqlx::Error),
    /// Another program changes it, and did not let go in time.
    #[error("the history's database is in use by another program: {0}")]
    Busy(#[source] sqlx::Error),
    /// It is not the history's database, or a newer version made it, or it is damaged.
    #[error("{0}")]
    Unusable(String),
    /// What was handed over contradicts itself.
    #[error("{0}")]
    Invalid(String),
    /// Anything else.
    #[error("the history's database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl HistoryError {
    /// What SQLite's failure means, by the primary result code: the low byte (<https://www.sqlite.org/rescode.html>).
    pub(crate) fn sqlite(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            sqlx::Error::Database(told) => match code(told.as_ref()).parse::<i32>().unwrap_or_default() & 0xff {
                5 | 6 => Self::Busy(error),
                13 => Self::Full(error),
                3 | 14 | 23 => Self::Unreachable(error),
                11 | 26 => Self::Unusable(format!("the history's database is damaged: {error}")),
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }

    /// What PostgreSQL's failure means, by its SQLSTATE
    /// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    pub(crate) fn postgres(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Self::Unreachable(error),
            sqlx::Error::Database(told) => match code(told.as_ref()).as_str() {
                "57014" => Self::TimedOut(error),
                "53100" => Self::Full(error),
                "40001" | "40P01" | "55P03" => Self::Busy(error),
                "53300" | "57P01" | "57P02" | "57P03" => Self::Unreachable(error),
                told if told.starts_with("08") => Self::Unreachable(error),
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }

    /// What kept a database, so described, from being brought up to date.
    pub(crate) fn migration(error: MigrateError, described: &str, of: fn(sqlx::Error) -> Self) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => of(error),
            MigrateError::VersionMissing(version) => Self::Unusable(format!(
                "{described} has schema version {version}, made by a newer version of this program: use that one"
            )),
            MigrateError::VersionMismatch(version) => {
                Self::Unusable(format!("{described} has another schema version {version} than this program"))
            }
            other => Self::Unusable(format!("{described} can't be brought up to date: {other}")),
        }
    }
}

fn code(error: &dyn DatabaseError) -> String {
    error.code().unwrap_or_default().into_owned()
}
