use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use larder_cache::{Environment, Moment};
use tokio::sync::Mutex;

use super::RefusedToken;
use super::key_set::{KeySet, SigningKey};
use super::place::{KeyPlace, KeysUnreadable};

/// How long keys count without being read again: a key that the issuer takes back is good for no longer.
pub(super) const GOOD_FOR: Duration = Duration::from_hours(1);
/// How long an issuer is left alone once it was asked, so that nobody can make Larder hammer it with made-up tokens.
pub(super) const LEFT_ALONE_FOR: Duration = Duration::from_secs(30);

/// The keys of an issuer as they were last read. An issuer that is down stops no token whose key is known.
pub(super) struct Keys {
    place: KeyPlace,
    environment: Arc<dyn Environment>,
    known: RwLock<Known>,
    /// Held by whoever asks the issuer.
    asked: Mutex<Option<Asked>>,
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
    /// Reads them for the first time. An issuer that is out of reach then is said in the log.
    ///
    /// # Errors
    /// [`KeysUnreadable`] for a file.
    pub(super) async fn open(place: KeyPlace, environment: Arc<dyn Environment>) -> Result<Self, KeysUnreadable> {
        let keys = Self { place, environment, known: RwLock::default(), asked: Mutex::new(None) };
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
    pub(super) async fn find(&self, id: &str) -> Result<Arc<SigningKey>, RefusedToken> {
        let (key, is_current) = self.look(id);
        let mut asked = match key {
            Some(key) if is_current => return Ok(key),
            // While one asks, what was known counts on for all others.
            Some(key) => match self.asked.try_lock() {
                Ok(asked) => asked,
                Err(_) => return Ok(key),
            },
            None => self.asked.lock().await,
        };
        // Whoever was waited for may have read it.
        if let (Some(key), true) = self.look(id) {
            return Ok(key);
        }
        if asked.is_none_or(|asked| self.environment.now().since(asked.at) >= LEFT_ALONE_FOR)
            && let Err(error) = self.read(&mut asked).await
        {
            tell(&error);
        }
        let unknown =
            if asked.is_some_and(|asked| asked.answered) { RefusedToken::UnknownKey } else { RefusedToken::NoKeys };
        self.look(id).0.ok_or(unknown)
    }

    /// The key, if it is known, and whether what is known is young enough.
    fn look(&self, id: &str) -> (Option<Arc<SigningKey>>, bool) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.keys.get(id), known.read.is_some_and(|read| self.environment.now().since(read) < GOOD_FOR))
    }

    async fn read(&self, asked: &mut Option<Asked>) -> Result<(), KeysUnreadable> {
        let at = self.environment.now();
        // First, since whoever asks may be dropped meanwhile.
        *asked = Some(Asked { at, answered: false });
        let keys = self.place.read().await?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { keys, read: Some(at) };
        *asked = Some(Asked { at, answered: true });
        Ok(())
    }
}

fn tell(error: &KeysUnreadable) {
    tracing::warn!(reason = %error, "the keys of the issuer can't be read: tokens of keys that are not known yet are refused");
}
