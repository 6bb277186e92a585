use larder_cache::InvalidateError;
use larder_cache::store::StoreError;

use super::{Code, Problem};

/// What a caller is told when what is stored can't be told.
pub(crate) fn of_store_error(error: &StoreError) -> Problem {
    Problem::new(Code::StoreUnavailable, format!("What is stored can't be told: {}.", in_words(error)))
}

/// What a caller is told when an invalidation is not, or may not be, in effect, or its purge did not finish.
pub(crate) fn of_invalidate_error(error: &InvalidateError) -> Problem {
    let (code, detail, in_effect) = match error {
        InvalidateError::Store(error) => {
            let detail = "The invalidation was not acknowledged, so it may not be in effect: ";
            (Code::StoreUnavailable, format!("{detail}{}.", in_words(error)), false)
        }
        InvalidateError::Purge(error) => {
            let detail = "The invalidation is in effect, but its purge did not finish: ";
            (Code::StoreUnavailable, format!("{detail}{}.", in_words(error)), true)
        }
    };
    Problem::new(code, detail).with("inEffect", in_effect)
}

/// A service's own words may name hosts and tables, which are no caller's business; the log has them.
fn in_words(error: &StoreError) -> &'static str {
    match error {
        StoreError::Throttled(_) => "the store is throttled",
        StoreError::Timeout => "the store did not answer in time",
        StoreError::Open => "the store failed repeatedly and is left alone for a while",
        StoreError::Absent => "there is no store, as the log and /cache/stats explain",
        StoreError::Failed(_) => "the store failed, as the log explains",
    }
}
