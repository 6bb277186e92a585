use crate::part::{InvalidPart, check_account, check_partition, check_region};

/// The partition whose name the key of a region-less scope leaves out.
const COMMERCIAL: &str = "aws";
/// The account part of an answer that is the same for every account of a region.
pub(crate) const GLOBAL: &str = "global";

/// Partition, region and account that an answer is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// AWS partition: `aws`, `aws-cn`, ...
    pub partition: String,
    /// Absent for a data type that is not regional.
    pub region: Option<String>,
    /// Whose answer it is.
    pub account: Account,
}

/// The account part of a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// Twelve digits.
    Id(String),
    /// The answer is the same for every account of a region.
    Global,
}

impl Scope {
    /// Reads what [`Self::region_part`] and [`Self::account_part`] gave.
    pub(crate) fn parse(
        region: &str,
        account: &str,
        partition_of: impl FnOnce(&str) -> Option<&'static str>,
    ) -> Option<Self> {
        let (region, partition) = match region.strip_prefix('-') {
            Some("") => (None, COMMERCIAL),
            Some(partition) => (None, partition.strip_prefix('@').filter(|it| *it != COMMERCIAL)?),
            None => (Some(region.to_owned()), partition_of(region)?),
        };
        let account = if account == GLOBAL { Account::Global } else { Account::Id(account.to_owned()) };
        Some(Self { partition: partition.to_owned(), region, account })
    }

    pub(crate) fn check(&self) -> Result<(), InvalidPart> {
        check_partition(&self.partition)?;
        self.region.as_deref().map(check_region).transpose()?;
        match &self.account {
            Account::Id(id) => check_account(id),
            Account::Global => Ok(()),
        }
    }

    /// A region belongs to one partition, so only a scope without a region has to name it.
    pub(crate) fn region_part(&self) -> String {
        match &self.region {
            Some(region) => region.clone(),
            None if self.partition == COMMERCIAL => "-".to_owned(),
            None => format!("-@{}", self.partition),
        }
    }

    pub(crate) fn account_part(&self) -> &str {
        match &self.account {
            Account::Id(id) => id,
            Account::Global => GLOBAL,
        }
    }
}
