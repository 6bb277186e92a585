use std::fmt;
use std::str::FromStr;

use larder_runtime::Server;
use larder_sources::{AccountId, Region};

/// An account's part of a region: where events are looked up and servers are described.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whose.
    pub account: AccountId,
    /// Where.
    pub region: Region,
}

/// As the runtime table has it in the place of an instance: `111122223333#us-east-1`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.account, self.region)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (account, region) = text.split_once('#').ok_or(NoPlace)?;
        let (account, region) = (AccountId::parse(account).ok_or(NoPlace)?, Region::parse(region).ok_or(NoPlace)?);
        Ok(Self { account, region })
    }
}

/// A text that is no place, or one in a region that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no account with a region, such as 111122223333#us-east-1")]
pub struct NoPlace;

impl Place {
    /// One of its servers.
    #[must_use]
    pub fn server(&self, id: &str) -> Server {
        let (account_id, region) = (Some(self.account.to_string()), Some(self.region.to_string()));
        Server { instance_id: id.to_owned(), account_id, region }
    }
}
