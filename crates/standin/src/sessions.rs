use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::fleet::AccountId;

/// Temporary credentials of a role, as `AssumeRole` gives them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Whose role it is.
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) token: String,
    /// In whole seconds, as it is said to the caller.
    pub(crate) expires: Timestamp,
}

/// Every session since the start, by its access key id. Expired ones are kept, so that they are told from unknown ones.
#[derive(Debug)]
pub(crate) struct Sessions {
    /// How long each lasts, if not as long as it was asked for.
    lifetime: Option<Duration>,
    seed: u64,
    issued: Mutex<BTreeMap<String, Session>>,
}

impl Sessions {
    pub(crate) fn new(seed: u64, lifetime: Option<Duration>) -> Self {
        Self { lifetime, seed, issued: Mutex::default() }
    }

    /// Gives out new credentials. `asked` is how long they are wanted for.
    pub(crate) fn issue(&self, account: &AccountId, name: &str, asked: Duration, now: Timestamp) -> Session {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rng = StdRng::seed_from_u64(self.seed.rotate_left(16) ^ issued.len() as u64);
        let expires = now.saturating_add(self.lifetime.unwrap_or(asked)).unwrap_or(Timestamp::MAX);
        let seconds = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Trunc);
        let session = Session {
            account: account.clone(),
            name: name.to_owned(),
            access_key_id: access_key_id(&mut rng),
            secret_access_key: STANDARD.encode(rng.random::<[u8; 30]>()),
            token: STANDARD.encode(rng.random::<[[u8; 32]; 8]>().concat()),
            expires: expires.round(seconds).unwrap_or(expires),
        };
        issued.insert(session.access_key_id.clone(), session.clone());
        session
    }

    /// The session of these credentials, expired or not. None if the token is not the one that came with the key.
    pub(crate) fn find(&self, access_key_id: &str, token: Option<&str>) -> Option<Session> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.get(access_key_id).filter(|session| token == Some(&session.token)).cloned()
    }
}

/// `ASIA`, which marks temporary credentials, and 16 digits to the base of 32.
fn access_key_id(rng: &mut StdRng) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = (0..16).map(|_| char::from(DIGITS[rng.random_range(0..DIGITS.len())]));
    "ASIA".chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Fleet;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn a_session_is_found_by_its_key_and_token_together() {
        let fleet = Fleet::generate(1);
        let sessions = Sessions::new(1, None);
        let now = Timestamp::UNIX_EPOCH;
        let [first, second] = [0, 1].map(|nth| sessions.issue(fleet.accounts()[nth].id(), "larder", HOUR, now));
        assert_eq!(first.expires, Timestamp::constant(3600, 0));
        assert_eq!(sessions.find(&first.access_key_id, Some(&first.token)), Some(first.clone()));
        assert_eq!(sessions.find(&first.access_key_id, Some(&second.token)), None);
        assert_eq!(sessions.find(&first.access_key_id, None), None);
        assert_eq!(sessions.find("ASIA", Some(&first.token)), None);
    }

    #[test]
    fn a_set_lifetime_goes_before_the_one_asked_for() {
        let fleet = Fleet::generate(1);
        let sessions = Sessions::new(1, Some(Duration::from_millis(2700)));
        let now = Timestamp::constant(10, 0);
        let session = sessions.issue(fleet.accounts()[0].id(), "larder", HOUR, now);
        assert_eq!(session.expires, Timestamp::constant(12, 0));
    }
}
