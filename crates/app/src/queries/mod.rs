//! The use case: a question, validated and authorised, put to the cache.

mod fetcher;
mod foreign_account;
mod scope;
mod upstream;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Answer, Cache, Directives, Environment, Policy};
use larder_sources::{AccountId, DATA_TYPES, DataType, Region};

use crate::Principal;
use crate::configuration::Configuration;
use crate::problem::{Code, Problem, of_failure, of_fetch_error};
use scope::Asked;
use upstream::FetchUpstream;

pub use fetcher::{AwsFetcher, Fetcher};
pub(crate) use foreign_account::ForeignAccount;
pub use scope::{account_of_text, data_type_of_text, region_of_text};

/// What to do about a failure of STS.
const WITHOUT_STS: &str =
    "Naming the account (accountId, or LARDER_ACCOUNT_ID) lets Larder answer from the cache without STS.";

/// What is asked, as the caller wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Which kind of question.
    pub data_type: &'static DataType,
    /// Required where the data type has a region, ignored where it has none.
    pub region: Option<&'a str>,
    /// The own account where absent, ignored where the data type has none.
    pub account: Option<&'a str>,
}

/// Answers questions from the cache and, through it, from AWS.
pub struct Queries {
    cache: Cache,
    environment: Arc<dyn Environment>,
    fetcher: Arc<dyn Fetcher>,
    own_account: Option<AccountId>,
    policies: BTreeMap<&'static str, Policy>,
}

impl Queries {
    pub(crate) fn new(
        configuration: &Configuration,
        cache: Cache,
        environment: Arc<dyn Environment>,
        fetcher: Arc<dyn Fetcher>,
    ) -> Self {
        let policies = DATA_TYPES.iter().map(|data_type| (data_type.name, configuration.policy(data_type))).collect();
        Self { cache, environment, fetcher, own_account: configuration.own_account.clone(), policies }
    }

    /// Authorises, validates, then asks. An account that is named is the key's, so that what is cached is answered
    /// without AWS; that the credentials are of that account is for a fetch to make sure.
    ///
    /// # Errors
    /// A [`Problem`]; nothing was asked of AWS if it is the question's fault.
    pub async fn ask(
        &self,
        principal: &Principal,
        question: &Question<'_>,
        directives: &Directives,
    ) -> Result<Answer, Problem> {
        principal.check_read()?;
        let asked = Asked::check(principal, question)?;
        let began = self.environment.now();
        let account = match &asked {
            Asked::OfNoAccount { .. } => None,
            Asked::OfAccount { account: Some(named), .. } => Some(named.clone()),
            Asked::OfAccount { account: None, region } => {
                let own = self.own_account(*region, directives.deadline).await?;
                principal.check_own_account(&own)?;
                Some(own)
            }
        };
        let data_type = question.data_type;
        let scope = asked.scope(account);
        let key = scope::key_of(data_type, &scope)?;
        let upstream = Arc::new(FetchUpstream { fetcher: self.fetcher.clone(), data_type, scope });
        let took = self.environment.now().since(began);
        let directives = Directives { deadline: directives.deadline.saturating_sub(took), ..*directives };
        let answer = self.cache.get(&key, &self.policies[data_type.name], &directives, upstream).await;
        answer.map_err(|failure| of_failure(&failure, data_type))
    }

    /// The account of a question that names none.
    async fn own_account(&self, near: Option<Region>, deadline: Duration) -> Result<AccountId, Problem> {
        if let Some(account) = &self.own_account {
            return Ok(account.clone());
        }
        match tokio::time::timeout(deadline, self.fetcher.own_account(near)).await {
            Ok(account) => account.map_err(|error| of_fetch_error(&error).adding(WITHOUT_STS)),
            Err(_) => {
                let detail = format!("sts:GetCallerIdentity had no answer within {} ms.", deadline.as_millis());
                let problem = Problem::new(Code::Deadline, detail).with("operations", vec!["sts:GetCallerIdentity"]);
                Err(problem.adding(WITHOUT_STS))
            }
        }
    }
}
