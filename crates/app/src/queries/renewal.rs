use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Account, Directives, Key, NotRenewed, Renewal, Renewed, Upstream};
use larder_sources::{AccountId, DataType, Region, Scope, data_type};

use super::Queries;
use super::upstream::FetchUpstream;
use crate::problem::{Code, Problem, of_failure, of_store_error};

impl Queries {
    /// Fetches a key ahead of questions where `renewal` asks for it, and no further than `within`.
    ///
    /// # Errors
    /// A [`Problem`]: [`Code::StoreUnavailable`] if the store is at fault, [`Code::ResultTooLarge`] if nothing that
    /// large is kept, else what a question would be told.
    pub(crate) async fn renew(&self, key: &Key, renewal: Renewal, within: Duration) -> Result<Renewed, Problem> {
        let (data_type, scope) = asked_by(key).ok_or_else(|| not_asked_by(key))?;
        // Without a region, only the credentials tell the partition, and another's can't be asked with them.
        if key.scope().partition != self.fetcher.partition().await {
            return Err(not_asked_by(key));
        }
        let upstream: Arc<dyn Upstream> = Arc::new(FetchUpstream { fetcher: self.fetcher.clone(), data_type, scope });
        let default = Directives::default();
        let directives = Directives { deadline: default.deadline.min(within), ..default };
        let renewed = self.cache.renew(key, &self.policies[data_type.name], &directives, &upstream, renewal).await;
        renewed.map_err(|not_renewed| match not_renewed {
            NotRenewed::Fetch(failure) => of_failure(&failure, data_type),
            NotRenewed::Store(error) => of_store_error(&error),
            NotRenewed::TooLarge => Problem::new(Code::ResultTooLarge, "What AWS answered is too large to be kept."),
            NotRenewed::NotStored => {
                Problem::new(Code::StoreUnavailable, "What was fetched could not be kept, as the log explains.")
            }
        })
    }
}

/// What a question of that key is about; `None` where the key has parameters or a resource, of which it has but a digest.
pub(crate) fn asked_by(key: &Key) -> Option<(&'static DataType, Scope)> {
    let data_type = data_type(key.data_type())?;
    let region = key.scope().region.as_deref();
    let account = match &key.scope().account {
        Account::Id(id) => Some(AccountId::parse(id)?),
        Account::Global => None,
    };
    let scope = Scope { region: region.map(Region::parse).map_or(Some(None), |region| region.map(Some))?, account };
    let plain = Key::new(data_type.name, key.scope().clone()).ok()?;
    (plain == *key).then_some((data_type, scope))
}

fn not_asked_by(key: &Key) -> Problem {
    Problem::new(Code::InvalidKey, format!("No question that these credentials can ask has the key {key}."))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::inspection::key_of;

    #[rstest]
    #[case("ec2-subnets#us-east-1#111122223333", Some((Some("us-east-1"), Some("111122223333"))))]
    #[case("ec2-instance-types#eu-west-1#global", Some((Some("eu-west-1"), None)))]
    #[case("ec2-regions#-#111122223333", Some((None, Some("111122223333"))))]
    #[case::parameters("ec2-subnets#us-east-1#111122223333#0123456789abcdef0123456789abcdef", None)]
    fn a_question_is_told_from_its_key(#[case] text: &str, #[case] expected: Option<(Option<&str>, Option<&str>)>) {
        let key = key_of(text).expect("a key");
        let asked = asked_by(&key);
        let told = asked
            .as_ref()
            .map(|(_, scope)| (scope.region.map(Region::name), scope.account.as_ref().map(AccountId::as_str)));
        assert_eq!(told, expected);
        assert!(asked.is_none_or(|(data_type, _)| data_type.name == key.data_type()));
    }
}
