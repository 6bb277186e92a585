use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

use crate::whole_answer::WholeAnswer;
use crate::{AccountId, FetchError, Region};

const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";
/// STS knows every caller of its partition in each region of it; this is where to ask if nobody named a region.
const DEFAULT_REGION: &str = "us-east-1";
/// With all retries. Much shorter than the deadline of a request, so that a silent STS is named in the answer.
const LONGEST: Duration = Duration::from_secs(5);

type Answer = Result<AccountId, FetchError>;

/// The account of one set of credentials: asked of STS once and kept. A failure is not kept, but whoever waits for the
/// same question shares it.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    known: OnceLock<AccountId>,
    /// Weak, so that a question that nobody waits for any more is dropped, and the next caller asks anew.
    asking: Mutex<Option<WeakShared<BoxFuture<'static, Answer>>>>,
}

impl Identity {
    /// The account that STS names; where the configuration has no region, the one `near` whose region is asked about.
    pub(crate) async fn get(&self, config: &SdkConfig, near: Option<Region>) -> Answer {
        if let Some(account) = self.known.get() {
            return Ok(account.clone());
        }
        let account = self.question(config, near).await?;
        Ok(self.known.get_or_init(|| account).clone())
    }

    fn question(&self, config: &SdkConfig, near: Option<Region>) -> Shared<BoxFuture<'static, Answer>> {
        // A panic leaves the question as it was, so a poisoned lock is still good.
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = asking.as_ref().and_then(WeakShared::upgrade) {
            return question;
        }
        let question = ask(config.clone(), near).boxed().shared();
        *asking = question.downgrade();
        question
    }
}

async fn ask(config: SdkConfig, near: Option<Region>) -> Answer {
    let region = near.map_or(DEFAULT_REGION, Region::name);
    let region = config.region().cloned().unwrap_or(aws_config::Region::from_static(region));
    let timeouts = config.timeout_config().map(TimeoutConfig::to_builder).unwrap_or_default();
    let timeouts = timeouts.operation_timeout(LONGEST).build();
    let config = config.into_builder().region(region).timeout_config(timeouts).build();
    let config = aws_sdk_sts::config::Builder::from(&config);
    let client = aws_sdk_sts::Client::from_conf(config.interceptor(WholeAnswer).build());
    let answer = client.get_caller_identity().send().await;
    let answer = answer.map_err(|error| FetchError::from_sdk(GET_CALLER_IDENTITY, &error))?;
    let account = answer.account().and_then(AccountId::parse);
    account.ok_or_else(|| FetchError::without(GET_CALLER_IDENTITY, "an account of 12 digits"))
}
