use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use larder_runtime::Month;
use tokio::sync::Semaphore;

use crate::runtime::KeptAnswer;

/// How long an answer is told again that was worked out for whoever asked.
const FOR: Duration = Duration::from_secs(10);
/// How many are worked out at a time.
const AT_A_TIME: usize = 4;

/// What was worked out for whoever asked, moments ago: no reader can use up what AWS grants to an account.
#[derive(Debug)]
pub(super) struct Remembered {
    answers: Mutex<BTreeMap<(String, Month), (Duration, KeptAnswer)>>,
    pub(super) turns: Semaphore,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { answers: Mutex::default(), turns: Semaphore::new(AT_A_TIME) }
    }
}

impl Remembered {
    /// The answer, if it was worked out moments before `now`, which is by the monotonic clock.
    pub(super) fn get(&self, id: &str, month: Month, now: Duration) -> Option<KeptAnswer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, kept) = answers.get(&(id.to_owned(), month))?;
        (now.saturating_sub(*at) < FOR).then(|| kept.clone())
    }

    pub(super) fn put(&self, kept: &KeptAnswer, now: Duration) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, (at, _)| now.saturating_sub(*at) < FOR);
        let key = (kept.answer.server.instance_id.clone(), kept.answer.month);
        answers.insert(key, (now, kept.clone()));
    }
}
