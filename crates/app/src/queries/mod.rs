//! The use case: a question, validated and authorised, put to the cache.

mod asking;
mod fetcher;
mod names;
mod own_account;
mod places;
mod question;
mod readable;
mod regional;
mod regional_answers;
mod renewal;
mod seen;
mod upstream;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Account, Answer, Cache, Directives, Environment, Freshness, Key, Policy, Upstream};
use larder_sources::{AccountId, DATA_TYPES, DataType, Region, Scope};

use crate::Principal;
use crate::configuration::Configuration;
use crate::problem::{Code, Problem, of_fetch_error};
use asking::Asking;
use question::{AccountAsked, RegionsAsked};
use upstream::FetchUpstream;

pub use fetcher::{AwsFetcher, Fetcher};
pub use names::{account_of_text, data_type_of_text, region_of_text};
pub use question::Question;
pub(crate) use regional::younger_than_larder;
pub use regional_answers::RegionalAnswers;
pub(crate) use regional_answers::failure_in;
pub(crate) use renewal::asked_by;

/// What to do about a failure of STS.
const WITHOUT_STS: &str =
    "Naming the account (accountId, or LARDER_ACCOUNT_ID) lets Larder answer from the cache without STS.";

/// Answers questions from the cache and, through it, from AWS.
pub struct Queries {
    cache: Cache,
    environment: Arc<dyn Environment>,
    fetcher: Arc<dyn Fetcher>,
    own_account: Option<AccountId>,
    region_concurrency: usize,
    policies: BTreeMap<&'static str, Policy>,
}

/// What is answered: once, or by region.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The answer to a question of one region, or of none.
    One(Answer),
    /// Those to a question of several regions or of all.
    Regional(RegionalAnswers),
}

impl Queries {
    pub(crate) fn new(
        configuration: &Configuration,
        cache: Cache,
        environment: Arc<dyn Environment>,
        fetcher: Arc<dyn Fetcher>,
    ) -> Self {
        let policies = DATA_TYPES.iter().map(|data_type| (data_type.name, configuration.policy(data_type))).collect();
        let (own_account, region_concurrency) = (configuration.own_account.clone(), configuration.region_concurrency);
        Self { cache, environment, fetcher, own_account, region_concurrency, policies }
    }

    /// Authorises, validates, then asks. An account that is named is the key's, so that what is cached is answered
    /// without AWS; that the credentials are of that account is for a fetch to make sure.
    ///
    /// # Errors
    /// A [`Problem`]; nothing was asked of AWS if it is the question's fault. A region that fails beside others is told
    /// in the reply.
    pub async fn ask(
        &self,
        principal: &Principal,
        question: &Question<'_>,
        directives: &Directives,
    ) -> Result<Reply, Problem> {
        principal.check_read()?;
        let asked = question.check(principal)?;
        let began = self.environment.now();
        let mut asking = Asking { principal, data_type: question.data_type, account: None, directives, began };
        asking.account = match &asked.account {
            AccountAsked::Without => None,
            AccountAsked::Named(named) => Some(named.clone()),
            AccountAsked::Own => Some(self.own_account_seen(&asking, asked.regions.first()).await?),
        };
        match asked.regions {
            RegionsAsked::Without => self.ask_one(&asking, None).await.map(Reply::One),
            RegionsAsked::One(region) => self.ask_one(&asking, Some(region)).await.map(Reply::One),
            RegionsAsked::These(regions) => Ok(Reply::Regional(self.ask_each(&asking, regions).await)),
            RegionsAsked::All => self.ask_all(&asking).await.map(Reply::Regional),
        }
    }

    /// That AWS can be asked about an account at all: it is the own one, or it is registered now. Where that can't be found
    /// out, nobody is refused for it.
    ///
    /// # Errors
    /// [`Code::UnknownAccount`].
    pub(crate) async fn check_known(
        &self,
        principal: &Principal,
        account: &AccountId,
        within: Duration,
    ) -> Result<(), Problem> {
        match tokio::time::timeout(within, self.fetcher.check_known(account)).await {
            Ok(Err(error)) if error.is_unknown_account() => {
                let problem = of_fetch_error(&readable::by(principal, &error));
                Err(own_account::told_of(problem, account, self.own_account.as_ref()))
            }
            _ => Ok(()),
        }
    }

    /// The answer in one region, or without any.
    async fn ask_one(&self, asking: &Asking<'_>, region: Option<Region>) -> Result<Answer, Problem> {
        let data_type = asking.data_type;
        let scope = Scope { region, account: asking.account.clone() };
        let key = self.key_of(data_type, &scope).await?;
        let upstream: Arc<dyn Upstream> = Arc::new(FetchUpstream { fetcher: self.fetcher.clone(), data_type, scope });
        let policy = &self.policies[data_type.name];
        let max_age = asking.max_age(policy.ttl);
        let directives = Directives { max_age, deadline: self.left(asking), ..*asking.directives };
        let answer = self.cache.get(&key, policy, &directives, &upstream).await;
        let mut answer = answer.map_err(|failure| {
            let problem = asking.problem_of(failure);
            // Nobody named the own account, and a data type that shows each caller his items is asked of it all the same.
            match asking.account.as_ref().filter(|account| asking.principal.may_see(account)) {
                Some(account) => own_account::told_of(problem, account, self.own_account.as_ref()),
                None => problem,
            }
        })?;
        if let Freshness::StaleIfError(failure) = answer.freshness {
            answer.freshness = Freshness::StaleIfError(asking.told(*failure).into());
        }
        seen::by(asking.principal, data_type, answer)
    }

    /// The key of an answer.
    async fn key_of(&self, data_type: &DataType, scope: &Scope) -> Result<Key, Problem> {
        let partition = match scope.region {
            Some(region) => region.partition(),
            None => self.fetcher.partition().await,
        };
        let scope = larder_cache::Scope {
            partition: partition.to_owned(),
            region: scope.region.map(|region| region.name().to_owned()),
            account: scope.account.as_ref().map_or(Account::Global, |account| Account::Id(account.to_string())),
        };
        Key::new(data_type.name, scope).map_err(|error| Problem::new(Code::Internal, error.to_string()))
    }

    /// The own account, for a question that names none. Where every item is shown only to those who may see its account,
    /// the whole needs no permission.
    async fn own_account_seen(&self, asking: &Asking<'_>, near: Option<Region>) -> Result<AccountId, Problem> {
        let own = self.own_account(asking, near).await?;
        if asking.data_type.account_of_item.is_none() {
            asking.principal.check_own_account(&own)?;
        }
        Ok(own)
    }

    async fn own_account(&self, asking: &Asking<'_>, near: Option<Region>) -> Result<AccountId, Problem> {
        if let Some(account) = &self.own_account {
            return Ok(account.clone());
        }
        match tokio::time::timeout(self.left(asking), self.fetcher.own_account(near)).await {
            Ok(account) => account.map_err(|error| {
                tracing::warn!(operation = error.operation, %error, "whose the AWS credentials are is not known");
                of_fetch_error(&readable::by(asking.principal, &error)).adding(WITHOUT_STS)
            }),
            Err(_) => {
                let limit = asking.directives.deadline.as_millis();
                let detail = format!("sts:GetCallerIdentity had no answer within {limit} ms.");
                let problem = Problem::new(Code::Deadline, detail).with("operations", vec!["sts:GetCallerIdentity"]);
                Err(problem.adding(WITHOUT_STS))
            }
        }
    }

    /// What is left of the question's time.
    fn left(&self, asking: &Asking<'_>) -> Duration {
        asking.directives.deadline.saturating_sub(self.environment.now().since(asking.began))
    }
}
