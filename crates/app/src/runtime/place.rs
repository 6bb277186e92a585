use std::fmt;

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

impl Place {
    /// One of its servers.
    #[must_use]
    pub fn server(&self, id: &str) -> Server {
        let (account_id, region) = (Some(self.account.to_string()), Some(self.region.to_string()));
        Server { instance_id: id.to_owned(), account_id, region }
    }
}
