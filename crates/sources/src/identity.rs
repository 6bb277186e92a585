use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_sdk_sts::Client;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

use crate::{AccountId, FetchError};

pub(crate) const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";
/// With all retries. Much shorter than the deadline of a request, so that a silent STS is named in the answer.
const LONGEST: Duration = Duration::from_secs(5);

type Answer = Result<AccountId, FetchError>;

/// Who credentials are of, in the words of STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The user, or the session of a role: `arn:aws:sts::111122223333:assumed-role/Developer/ann`.
    pub arn: String,
}

/// The account of one set of credentials: asked of STS once and kept. A failure is not kept, but whoever waits for the
/// same question shares it.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    known: OnceLock<AccountId>,
    /// Weak, so that a question that nobody waits for any more is dropped, and the next caller asks anew.
    asking: Mutex<Option<WeakShared<BoxFuture<'static, Answer>>>>,
}

impl Identity {
    /// The identity of credentials whose account need not be asked.
    pub(crate) fn known(account: AccountId) -> Self {
        Self { known: account.into(), asking: Mutex::default() }
    }

    /// Whether it is known without asking.
    pub(crate) fn is_known(&self) -> bool {
        self.known.get().is_some()
    }

    /// The account that STS names. `sts` makes the client, with those timeouts.
    pub(crate) async fn get(&self, sts: impl FnOnce(TimeoutConfigBuilder) -> Client) -> Answer {
        if let Some(account) = self.known.get() {
            return Ok(account.clone());
        }
        let account = self.question(sts).await?;
        Ok(self.known.get_or_init(|| account).clone())
    }

    fn question(&self, sts: impl FnOnce(TimeoutConfigBuilder) -> Client) -> Shared<BoxFuture<'static, Answer>> {
        // A panic leaves the question as it was, so a poisoned lock is still good.
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = asking.as_ref().and_then(WeakShared::upgrade) {
            return question;
        }
        let question = ask(sts(TimeoutConfig::builder().operation_timeout(LONGEST))).boxed().shared();
        *asking = question.downgrade();
        question
    }
}

/// Asks STS who these credentials are of.
pub(crate) async fn caller(sts: impl FnOnce(TimeoutConfigBuilder) -> Client) -> Result<Caller, FetchError> {
    let answer = get_caller_identity(sts(TimeoutConfig::builder().operation_timeout(LONGEST))).await?;
    let account = account_of(&answer)?;
    let arn = answer.arn.ok_or_else(|| FetchError::without(GET_CALLER_IDENTITY, "an ARN"))?;
    Ok(Caller { account, arn })
}

async fn ask(sts: Client) -> Answer {
    account_of(&get_caller_identity(sts).await?)
}

async fn get_caller_identity(sts: Client) -> Result<GetCallerIdentityOutput, FetchError> {
    let answer = sts.get_caller_identity().send().await;
    answer.map_err(|error| FetchError::from_sdk(GET_CALLER_IDENTITY, &error))
}

fn account_of(answer: &GetCallerIdentityOutput) -> Answer {
    let account = answer.account().and_then(AccountId::parse);
    account.ok_or_else(|| FetchError::without(GET_CALLER_IDENTITY, "an account of 12 digits"))
}
