use jiff::Timestamp;

use crate::fleet::{Account, Fleet};
use crate::request::{CredentialScope, Incoming};
use crate::sessions::{Session, Sessions};
use crate::unknown_keys::UnknownKeys;
use crate::wire::{AwsError, Protocol};

/// Who signed a request: the user of an account, or a session of its role.
#[derive(Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) account: &'a Account,
    session: Option<Session>,
}

impl<'a> Caller<'a> {
    /// Whose the access key is.
    ///
    /// # Errors
    /// As `protocol` spells them: an access key of nobody, another session token than came with it, expired
    /// credentials.
    pub(crate) fn identify(
        scope: &CredentialScope,
        incoming: &Incoming,
        (fleet, sessions, unknown_keys): (&'a Fleet, &Sessions, UnknownKeys),
        now: Timestamp,
        protocol: Protocol,
    ) -> Result<Self, AwsError> {
        if let Some(account) = fleet.account_of_key(&scope.access_key_id) {
            return Ok(Self { account, session: None });
        }
        let token = incoming.header("x-amz-security-token");
        let Some(session) = sessions.find(&scope.access_key_id, token) else {
            let first = fleet.accounts().first().filter(|_| unknown_keys == UnknownKeys::OfFirstAccount);
            let account = first.ok_or_else(|| protocol.invalid_credentials())?;
            return Ok(Self { account, session: None });
        };
        if session.expires <= now {
            return Err(protocol.expired_credentials());
        }
        let account = fleet.accounts().iter().find(|it| *it.id() == session.account);
        let account = account.ok_or_else(|| protocol.invalid_credentials())?;
        Ok(Self { account, session: Some(session) })
    }

    /// The ARN that `GetCallerIdentity` answers, and that a refusal names.
    pub(crate) fn arn(&self) -> String {
        let account = self.account.id();
        match &self.session {
            None => format!("arn:aws:iam::{account}:user/larder"),
            Some(session) => self.account.assumed_role_arn(&session.name),
        }
    }

    /// The unique id: of a session, it ends with the session's name.
    pub(crate) fn user_id(&self) -> String {
        match &self.session {
            None => format!("AIDASTANDIN{}", self.account.id()),
            Some(session) => format!("{}:{}", self.account.role_id(), session.name),
        }
    }

    #[cfg(test)]
    pub(crate) fn user(account: &'a Account) -> Self {
        Self { account, session: None }
    }
}
