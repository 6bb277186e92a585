use serde::{Deserialize, Serialize};

use crate::{AccountId, RoleArn};

/// An account as somebody wrote it down: in a file, on a command line, or as an item of the accounts table, whose
/// attributes have these names in camelCase. Nothing of it is believed before it is a [`crate::RegisteredAccount`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountEntry {
    /// 12 digits.
    pub account_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role by which it is asked; absent for the own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// What the role's trust policy wants to hear from us, against the confused deputy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The regions that it uses, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

/// What is wrong with an [`AccountEntry`], in words that tell what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum InvalidAccount {
    #[error("{text:?} is not an account: that is 12 digits")]
    Id { text: String },
    #[error("account {id}: a name has 1 to 128 characters")]
    Name { id: AccountId },
    #[error("account {id}: {text:?} is not the ARN of a role, such as arn:aws:iam::{id}:role/larder-read")]
    RoleArn { id: AccountId, text: String },
    #[error("account {id}: {role} is a role of another account")]
    RoleOfAnotherAccount { id: AccountId, role: RoleArn },
    #[error("account {id}: an external id has 2 to 1224 letters, digits or any of _ + = , . @ : / -")]
    ExternalId { id: AccountId },
    #[error("account {id}: an external id is told to a role, and none is named")]
    ExternalIdWithoutRole { id: AccountId },
    #[error("account {id}: {text:?} is not an AWS region")]
    Region { id: AccountId, text: String },
    #[error("account {id}: {region} is not in the partition of {role}")]
    RegionOfAnotherPartition { id: AccountId, region: &'static str, role: RoleArn },
    #[error("account {id} is there twice")]
    Twice { id: AccountId },
    #[error("the item of account {id:?} can't be read: {reason}")]
    Item { id: String, reason: String },
}

impl InvalidAccount {
    /// The account, as it stands there.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Id { text: id } | Self::Item { id, .. } => id,
            Self::Name { id }
            | Self::RoleArn { id, .. }
            | Self::RoleOfAnotherAccount { id, .. }
            | Self::ExternalId { id }
            | Self::ExternalIdWithoutRole { id }
            | Self::Region { id, .. }
            | Self::RegionOfAnotherPartition { id, .. }
            | Self::Twice { id } => id.as_str(),
        }
    }
}
