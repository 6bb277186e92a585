use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{AccountId, Region, Waiting};

/// How many requests may reach AWS within [`PERIOD`].
const REQUESTS: usize = 2;
const PERIOD: Duration = Duration::from_secs(1);
/// How long after another a request is sent at the earliest.
const APART: Duration = Duration::from_millis(500);

/// Whose turn it is to ask, for each account and region.
///
/// Invariant: of one account and region, no more than 2 requests reach AWS within any second, however long each is on
/// its way. So a request is sent no earlier than a second after one of the last two was answered, or given up; and the
/// first one a second after this was made, since another process may have asked until it was killed.
pub(super) struct Turns {
    waiting: Arc<dyn Waiting>,
    begin: Duration,
    lines: Mutex<HashMap<(AccountId, Region), Arc<Line>>>,
}

/// The right to send one request. It is over when it is dropped: once the request was answered.
pub(super) struct Turn {
    line: Arc<Line>,
    waiting: Arc<dyn Waiting>,
}

/// Those who ask of one account and region.
struct Line {
    head: tokio::sync::Mutex<Head>,
    given_back: UnboundedSender<Duration>,
}

/// What whoever is next holds.
struct Head {
    /// From when on each right counts that nobody has: at most [`REQUESTS`], the earliest first.
    rights: UnboundedReceiver<Duration>,
    /// The first of them, if somebody waited for it and went away.
    first: Option<Duration>,
    last_begun: Option<Duration>,
}

impl Turns {
    pub(super) fn new(waiting: Arc<dyn Waiting>) -> Self {
        Self { begin: waiting.elapsed() + PERIOD, waiting, lines: Mutex::default() }
    }

    /// Waits for a turn, in the order of those who came. Who goes away meanwhile takes nobody's turn with him.
    pub(super) async fn turn(&self, account: &AccountId, region: Region) -> Turn {
        let line = self.line(account, region);
        let mut head = line.head.lock().await;
        if head.first.is_none() {
            head.first = head.rights.recv().await;
        }
        // The line keeps a sender, so that there is always a right to come.
        let right = head.first.unwrap_or_default();
        let from = head.last_begun.map_or(right, |last| right.max(last + APART));
        while let Some(left) = from.checked_sub(self.waiting.elapsed()).filter(|left| !left.is_zero()) {
            self.waiting.sleep(left).await;
        }
        head.first = None;
        head.last_begun = Some(self.waiting.elapsed());
        Turn { line: line.clone(), waiting: self.waiting.clone() }
    }

    fn line(&self, account: &AccountId, region: Region) -> Arc<Line> {
        // A panic inside leaves the map as it was, so a poisoned lock is still good.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.entry((account.clone(), region)).or_insert_with(|| Arc::new(Line::from(self.begin))).clone()
    }
}

impl Line {
    /// One whose rights count from then on.
    fn from(begin: Duration) -> Self {
        let (given_back, rights) = unbounded_channel();
        for _ in 0..REQUESTS {
            // It is taken: the receiver is there.
            let _ = given_back.send(begin);
        }
        Self { head: tokio::sync::Mutex::new(Head { rights, first: None, last_begun: None }), given_back }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // It is taken: the line, which has the receiver, is there as long as a turn is.
        let _ = self.line.given_back.send(self.waiting.elapsed() + PERIOD);
    }
}

#[cfg(test)]
mod tests;
