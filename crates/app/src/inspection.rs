use larder_cache::{Account, Inspection, Key, Scope};

use crate::App;
use crate::problem::{Code, Problem, of_store_error, quoted};

/// The partition that the key of a scope without a region leaves out.
const COMMERCIAL: &str = "aws";

impl App {
    /// What the store holds under the key of that text, and why it is fresh, stale or dead.
    ///
    /// # Errors
    /// [`Code::InvalidKey`] for other text, [`Code::StoreUnavailable`] if the store can't be asked.
    pub async fn inspect(&self, text: &str) -> Result<Inspection, Problem> {
        let key = key_of(text).ok_or_else(|| {
            let detail = format!(
                "{} is not a cache key, such as ec2-subnets#us-east-1#111122223333 or ec2-instance-types#us-east-1#global.",
                quoted(text)
            );
            Problem::new(Code::InvalidKey, detail)
        })?;
        self.cache().inspect(&key).await.map_err(|error| of_store_error(&error))
    }
}

/// Reads `data-type#region#account`, with `-` (or `-@partition`) for a region that the scope lacks.
fn key_of(text: &str) -> Option<Key> {
    let mut parts = text.split('#');
    let (data_type, region, account) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let row = larder_sources::data_type(data_type)?;
    let (region, partition) = match region.strip_prefix('-') {
        Some("") => (None, COMMERCIAL),
        Some(partition) => (None, partition.strip_prefix('@')?),
        None => {
            let region = larder_sources::Region::parse(region)?;
            (Some(region.name().to_owned()), region.partition())
        }
    };
    let account = if account == "global" { Account::Global } else { Account::Id(account.to_owned()) };
    Key::new(row.name, Scope { partition: partition.to_owned(), region, account }).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ec2-subnets#us-east-1#111122223333", true)]
    #[case("ec2-instance-types#eu-west-1#global", true)]
    #[case("ec2-subnets#-#111122223333", true)]
    #[case("ec2-subnets#-@aws-cn#111122223333", true)]
    #[case("ec2-subnets#us-east-1", false)]
    #[case("ec2-subnets#us-east-1#1#2", false)]
    #[case("ec2-subnets#mars-1#111122223333", false)]
    #[case("nothing#us-east-1#111122223333", false)]
    #[case("#epoch", false)]
    #[case("", false)]
    fn a_key_is_read_as_it_is_written(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(key_of(text).map(|key| key.as_str().to_owned()), valid.then(|| text.to_owned()));
    }
}
