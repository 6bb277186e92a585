use std::time::Duration;

use larder_history::HistoryError;

use super::{Code, Problem};

/// When to come back to a database that was out of reach.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// What a caller is told when the history can't be read or written. The database's own words may name hosts and users,
/// which are no caller's business; the log has them.
pub(crate) fn of_history_error(error: &HistoryError) -> Problem {
    let words = match error {
        HistoryError::Unreachable(_) => "its database can't be reached",
        HistoryError::TimedOut(_) => "its database took too long",
        HistoryError::Full(_) => "its database is full; what was there is whole",
        HistoryError::Busy(_) => "another program changes its database and did not let go in time",
        HistoryError::Unusable(_) => "its database can't be used, as the log explains",
        HistoryError::Invalid(_) | HistoryError::Database(_) => "its database failed, as the log explains",
    };
    let problem = Problem::new(Code::HistoryUnavailable, format!("The history can't be asked: {words}."));
    match error {
        HistoryError::Unreachable(_) | HistoryError::TimedOut(_) | HistoryError::Busy(_) => {
            problem.retry_after(RETRY_AFTER)
        }
        _ => problem,
    }
}
