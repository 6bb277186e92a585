use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use sqlx::PgPool;

use super::migrate::NEWEST;
use crate::HistoryError;

/// So many reads at most pass by a replica that failed before it is tried again.
const MOST_PASSED_BY: u32 = 64;

/// A database that follows the one that is written to. A failing one is tried ever less often, until it answers: counted in
/// reads, so that a program that asks seldom does not wait for it each time.
#[derive(Debug)]
pub(super) struct Replica {
    described: String,
    pool: PgPool,
    /// Whether it is known to have every migration that we know, and no other: then it is not asked again.
    up_to_date: AtomicBool,
    /// How many reads still pass it by.
    passing: AtomicU32,
    /// How many reads pass it by after its next failure.
    patience: AtomicU32,
    problem: Mutex<Option<String>>,
}

impl Replica {
    pub(super) fn new(described: String, pool: PgPool) -> Self {
        let (up_to_date, passing, patience) = (AtomicBool::new(false), AtomicU32::new(0), AtomicU32::new(1));
        Self { described, pool, up_to_date, passing, patience, problem: Mutex::new(None) }
    }

    /// Its pool, if this read may go there.
    pub(super) async fn pool(&self) -> Option<&PgPool> {
        let one_less = |passing: u32| passing.checked_sub(1);
        if self.passing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            return None;
        }
        match self.check_up_to_date().await {
            Ok(()) => Some(&self.pool),
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    pub(super) fn answered(&self) {
        self.patience.store(1, Ordering::Relaxed);
        self.note(None);
    }

    pub(super) fn failed(&self, error: &HistoryError) {
        let patience = self.patience.load(Ordering::Relaxed);
        self.passing.store(patience, Ordering::Relaxed);
        self.patience.store((2 * patience).min(MOST_PASSED_BY), Ordering::Relaxed);
        tracing::warn!(replica = self.described, %error, "the read replica failed: reads go to the primary");
        self.note(Some(error.to_string()));
    }

    /// `ok`, or why reads do not go there.
    pub(super) fn state(&self) -> String {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}: {}", self.described, problem.as_deref().unwrap_or("ok"))
    }

    fn note(&self, problem: Option<String>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    async fn check_up_to_date(&self) -> Result<(), HistoryError> {
        if self.up_to_date.load(Ordering::Relaxed) {
            return Ok(());
        }
        let version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success");
        let version: Option<i64> = version.fetch_one(&self.pool).await.map_err(HistoryError::postgres)?;
        if version != Some(NEWEST) {
            let version = version.map_or_else(|| "none".to_owned(), |version| version.to_string());
            let other = format!("the read replica has schema version {version}, and not {NEWEST}");
            return Err(HistoryError::Unusable(other));
        }
        self.up_to_date.store(true, Ordering::Relaxed);
        Ok(())
    }
}
