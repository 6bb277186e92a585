use serde::Serialize;

use crate::{AccountId, FailureKind, FetchError, Region};

/// What an answer is about: a region, an account, or both, as the data type's [`ScopeRule`] says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The region asked; `None` for a data type that has none.
    pub region: Option<Region>,
    /// The account asked; `None` where the answer is the same for every account ("global").
    pub account: Option<AccountId>,
}

impl Scope {
    /// The region, for a source whose scope has one.
    ///
    /// # Errors
    /// [`FailureKind::Rejected`] with the code `MissingRegion`: the caller broke the data type's scope rule.
    pub fn require_region(&self, operation: &'static str) -> Result<Region, FetchError> {
        self.region.ok_or_else(|| incomplete(operation, "MissingRegion", "a region"))
    }

    /// The account, for a source whose scope has one.
    ///
    /// # Errors
    /// [`FailureKind::Rejected`] with the code `MissingAccount`: the caller broke the data type's scope rule.
    pub fn require_account(&self, operation: &'static str) -> Result<&AccountId, FetchError> {
        self.account.as_ref().ok_or_else(|| incomplete(operation, "MissingAccount", "an account"))
    }
}

fn incomplete(operation: &'static str, code: &str, what: &str) -> FetchError {
    let message = format!("the scope of this data type needs {what}; AWS was not asked");
    FetchError::new(FailureKind::Rejected { code: code.to_owned() }, operation, message)
}

/// Which parts the scope of a data type has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeRule {
    /// A region and an account.
    RegionAndAccount,
    /// A region; the answer is the same for every account.
    Region,
    /// An account; the service has one endpoint for all regions.
    Account,
}

impl ScopeRule {
    /// Whether a region must be named.
    #[must_use]
    pub fn has_region(self) -> bool {
        matches!(self, Self::RegionAndAccount | Self::Region)
    }

    /// Whether the answer belongs to one account.
    #[must_use]
    pub fn has_account(self) -> bool {
        matches!(self, Self::RegionAndAccount | Self::Account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_missing_is_named() {
        let empty = Scope { region: None, account: None };
        let region = empty.require_region("ec2:DescribeSubnets");
        let account = empty.require_account("drs:DescribeJobs");
        assert!(region.expect_err("no region").is_rejected_with("MissingRegion"));
        assert!(account.expect_err("no account").is_rejected_with("MissingAccount"));
    }
}
