use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use larder_cache::{Environment, Moment};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::RefusedToken;
use super::key_set::{KeySet, SigningKey};
use super::place::{KeyPlace, KeysUnreadable};

/// How long keys count without being read again: a key that the issuer takes back is good for no longer.
pub(super) const GOOD_FOR: Duration = Duration::from_hours(1);
/// How long an issuer is left alone once it was asked, so that nobody can make Larder hammer it with made-up tokens.
pub(super) const LEFT_ALONE_FOR: Duration = Duration::from_secs(30);

/// The keys of an issuer as they were last read. An issuer that is down stops no token whose key is known; one that says
/// that it has no keys stops all.
pub(super) struct Keys {
    place: KeyPlace,
    environment: Arc<dyn Environment>,
    known: RwLock<Known>,
    /// Held by whoever asks the issuer.
    asked: Arc<Mutex<Option<Asked>>>,
}

#[derive(Default)]
struct Known {
    keys: KeySet,
    read: Option<Moment>,
}

/// The last time that the issuer was asked.
#[derive(Clone, Copy)]
struct Asked {
    at: Moment,
    answered: bool,
}

impl Keys {
    /// Reads them for the first time. An issuer that is out of reach then, or has none, is said in the log.
    ///
    /// # Errors
    /// [`KeysUnreadable`] for a file.
    pub(super) async fn open(place: KeyPlace, environment: Arc<dyn Environment>) -> Result<Arc<Self>, KeysUnreadable> {
        let keys = Arc::new(Self { place, environment, known: RwLock::default(), asked: Arc::default() });
        let read = keys.read(&mut *keys.asked.lock().await).await;
        match read {
            Err(error) if keys.place.is_file() => return Err(error),
            Err(error) => tell(&error),
            Ok(()) => {}
        }
        Ok(keys)
    }

    /// The key of that `kid`.
    ///
    /// # Errors
    /// [`RefusedToken::UnknownKey`], and [`RefusedToken::NoKeys`] where only the issuer could tell, and does not.
    pub(super) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<SigningKey>, RefusedToken> {
        let (key, is_current) = self.look(id);
        let asked = match key {
            Some(key) if is_current => return Ok(key),
            // While one asks, what was known counts on for all others.
            Some(key) => match Arc::clone(&self.asked).try_lock_owned() {
                Ok(asked) => asked,
                Err(_) => return Ok(key),
            },
            None => Arc::clone(&self.asked).lock_owned().await,
        };
        // Whoever was waited for may have read it.
        if let (Some(key), true) = self.look(id) {
            return Ok(key);
        }
        let last = *asked;
        let answered = if last.is_none_or(|last| self.environment.now().since(last.at) >= LEFT_ALONE_FOR) {
            self.read_apart(asked).await
        } else {
            last.is_some_and(|last| last.answered)
        };
        let unknown = if answered { RefusedToken::UnknownKey } else { RefusedToken::NoKeys };
        self.look(id).0.ok_or(unknown)
    }

    /// The key, if it is known, and whether what is known is young enough.
    fn look(&self, id: &str) -> (Option<Arc<SigningKey>>, bool) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.keys.get(id), known.read.is_some_and(|read| self.environment.now().since(read) < GOOD_FOR))
    }

    /// Whether the issuer answered. A task of its own asks it: whoever waits may go away, and if that ended the reading,
    /// made-up tokens could keep all others from new keys.
    async fn read_apart(self: &Arc<Self>, mut asked: OwnedMutexGuard<Option<Asked>>) -> bool {
        let (done, answered) = oneshot::channel();
        let keys = Arc::clone(self);
        self.environment.spawn(Box::pin(async move {
            if let Err(error) = keys.read(&mut asked).await {
                tell(&error);
            }
            let answered = asked.is_some_and(|asked| asked.answered);
            // First, so that the next request of whoever waits finds it free.
            drop(asked);
            _ = done.send(answered);
        }));
        answered.await.unwrap_or(false)
    }

    /// Reads them. An answer that leaves no key takes back all that were known.
    async fn read(&self, asked: &mut Option<Asked>) -> Result<(), KeysUnreadable> {
        let at = self.environment.now();
        // First, so that an issuer is left alone also after a reading that never ended.
        *asked = Some(Asked { at, answered: false });
        let (keys, outcome) = match self.place.read().await {
            Ok(keys) => (keys, Ok(())),
            Err(error) if error.is_answer() => (KeySet::default(), Err(error)),
            Err(error) => return Err(error),
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { keys, read: Some(at) };
        *asked = Some(Asked { at, answered: true });
        outcome
    }
}

fn tell(error: &KeysUnreadable) {
    if error.is_answer() {
        tracing::warn!(reason = %error, "the issuer has no keys: every token is refused");
        return;
    }
    tracing::warn!(reason = %error, "the keys of the issuer can't be read: tokens of keys that are not known yet are refused");
}
