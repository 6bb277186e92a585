use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use larder_history::SqliteHistory;

use super::database::LEFT_ALONE_FOR;
use super::*;
use crate::test_app::TokioClock;

/// A history that can be opened from the n-th time on, and how often that was tried. Its clock stands still between
/// the sleeps of a test: SQLite, which works on a thread of its own, was opened before.
async fn opened_at(works_from: usize) -> (OpenedHistory, Arc<AtomicUsize>) {
    let sqlite: Arc<dyn History> = Arc::new(SqliteHistory::in_memory().await.expect("a history"));
    tokio::time::pause();
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = tries.clone();
    let history = OpenedHistory::when_asked("a test's".to_owned(), Arc::new(TokioClock::new()), move || {
        let nth = tried.fetch_add(1, SeqCst) + 1;
        let down = || Err(HistoryError::Unreachable(sqlx::Error::PoolTimedOut));
        std::future::ready(if nth < works_from { down() } else { Ok(sqlite.clone()) })
    });
    (history, tries)
}

#[tokio::test]
async fn a_database_that_is_down_is_left_alone_for_a_moment_and_opened_later() {
    let (history, tries) = opened_at(2).await;
    assert_eq!(history.health(), HistoryHealth::Unasked);
    for _ in 0..3 {
        let refused = history.opened().await.expect_err("it is down");
        assert_eq!(refused.code(), Code::HistoryUnavailable);
    }
    assert_eq!((tries.load(SeqCst), history.health()), (1, HistoryHealth::Unavailable));
    tokio::time::sleep(LEFT_ALONE_FOR).await;
    history.opened().await.expect("it is back");
    assert_eq!((tries.load(SeqCst), history.health()), (2, HistoryHealth::Reachable));
}

#[tokio::test]
async fn one_that_breaks_off_later_is_left_alone_too_and_not_opened_anew() {
    let (history, tries) = opened_at(1).await;
    history.opened().await.expect("it is there");
    let broken = HistoryError::Unreachable(sqlx::Error::PoolTimedOut);
    history.told::<()>(ready(Err(broken))).await.expect_err("it broke off");
    assert!(history.opened().await.is_err() && history.health() == HistoryHealth::Unavailable);
    tokio::time::sleep(LEFT_ALONE_FOR).await;
    history.opened().await.expect("its own connections are made anew");
    assert_eq!(tries.load(SeqCst), 1);
}

#[tokio::test]
async fn one_that_hangs_is_waited_for_no_longer_than_somebody_who_asks_and_is_opened_anew() {
    let (history, tries) = opened_at(1).await;
    history.opened().await.expect("it is there");
    let hangs = std::future::pending::<Result<(), _>>();
    let hung = tokio::time::timeout(Duration::from_secs(25), history.told(hangs)).await.expect("it is given up");
    assert_eq!(hung.expect_err("it hangs").code(), Code::HistoryUnavailable);
    assert_eq!(history.health(), HistoryHealth::Unavailable);
    tokio::time::sleep(LEFT_ALONE_FOR).await;
    history.opened().await.expect("it answers again");
    assert_eq!(tries.load(SeqCst), 2, "its connections hang on");
}

#[tokio::test]
async fn what_fails_for_another_reason_keeps_nobody_else_from_asking() {
    let (history, _) = opened_at(1).await;
    history.opened().await.expect("it is there");
    history.told::<()>(ready(Err(HistoryError::TimedOut(sqlx::Error::PoolTimedOut)))).await.expect_err("too slow");
    assert!(history.opened().await.is_ok());
    let never = std::future::pending::<Result<(), _>>();
    history.told_within(Duration::from_secs(60), never).await.expect_err("a sync that is too large");
    assert!(history.opened().await.is_ok());
}

/// What PostgreSQL says to a password that is no longer the right one.
#[derive(Debug, thiserror::Error)]
#[error("password authentication failed")]
struct WrongPassword;

impl sqlx::error::DatabaseError for WrongPassword {
    fn message(&self) -> &str {
        "password authentication failed"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some("28P01".into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[tokio::test]
async fn a_password_that_is_refused_is_read_anew() {
    let (history, tries) = opened_at(1).await;
    history.opened().await.expect("it is there");
    let refused = HistoryError::Database(sqlx::Error::Database(Box::new(WrongPassword)));
    history.told::<()>(ready(Err(refused))).await.expect_err("refused");
    tokio::time::sleep(LEFT_ALONE_FOR).await;
    history.opened().await.expect("with the new password");
    assert_eq!(tries.load(SeqCst), 2, "the secret was not read again");
}

#[tokio::test]
async fn where_none_is_set_up_the_reason_is_told() {
    let history = OpenedHistory::none("it is switched off");
    let refused = history.opened().await.expect_err("there is none");
    assert_eq!((refused.code(), history.health()), (Code::HistoryNotConfigured, HistoryHealth::Absent));
    assert!(refused.detail().contains("it is switched off"), "{refused}");
}
