use std::collections::BTreeMap;

use larder_cache::{Account, Cache, Inspection, Key, Policy};
use larder_sources::{DATA_TYPES, Region};

use crate::App;
use crate::configuration::Configuration;
use crate::problem::{Code, Problem, of_store_error, quoted};

/// Looks into what the store holds.
pub(crate) struct Inspections {
    cache: Cache,
    policies: BTreeMap<&'static str, Policy>,
}

impl Inspections {
    pub(crate) fn new(configuration: &Configuration, cache: Cache) -> Self {
        let policies = DATA_TYPES.iter().map(|row| (row.name, configuration.policy(row)));
        Self { cache, policies: policies.collect() }
    }
}

impl App {
    /// What the store holds under the key of that text, why it is fresh, stale or dead, and what the next request
    /// would do.
    ///
    /// # Errors
    /// [`Code::InvalidKey`] for text that is no data type's key, [`Code::StoreUnavailable`] if the store can't be asked.
    pub async fn inspect(&self, text: &str) -> Result<Inspection, Problem> {
        let Inspections { cache, policies } = self.inspections();
        let key = key_of(text).ok_or_else(|| {
            let detail = format!(
                "{} is not a cache key, such as ec2-subnets#us-east-1#111122223333 or ec2-instance-types#us-east-1#global.",
                quoted(text)
            );
            Problem::new(Code::InvalidKey, detail)
        })?;
        cache.inspect(&key, &policies[key.data_type()]).await.map_err(|error| {
            tracing::warn!(%key, %error, "the store could not be asked for an entry");
            of_store_error(&error)
        })
    }
}

/// Reads a key of a row of the table, whose scope has the parts that the row says.
pub(crate) fn key_of(text: &str) -> Option<Key> {
    let key = Key::parse(text, |region| Region::parse(region).map(Region::partition))?;
    let rule = larder_sources::data_type(key.data_type())?.scope;
    let has_region = key.scope().region.is_some();
    let has_account = key.scope().account != Account::Global;
    (has_region == rule.has_region() && has_account == rule.has_account()).then_some(key)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ec2-subnets#us-east-1#111122223333", true)]
    #[case("ec2-subnets#us-east-1#111122223333#0123456789abcdef0123456789abcdef", true)]
    #[case("ec2-instance-types#eu-west-1#global", true)]
    #[case("drs-quotas#cn-north-1#111122223333", true)]
    #[case::no_region("ec2-subnets#-#111122223333", false)]
    #[case::no_region("ec2-subnets#-@aws-cn#111122223333", false)]
    #[case::no_account("ec2-subnets#us-east-1#global", false)]
    #[case::an_account("ec2-instance-types#eu-west-1#111122223333", false)]
    #[case("ec2-subnets#us-east-1", false)]
    #[case("ec2-subnets#us-east-1#1#2", false)]
    #[case("ec2-subnets#us-east-1#111122223333#2", false)]
    #[case("ec2-subnets#mars-1#111122223333", false)]
    #[case("nothing#us-east-1#111122223333", false)]
    #[case("#epoch", false)]
    #[case("", false)]
    fn a_key_is_read_as_it_is_written(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(key_of(text).map(|key| key.as_str().to_owned()), valid.then(|| text.to_owned()));
    }
}
