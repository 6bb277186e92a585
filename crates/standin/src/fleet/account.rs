use std::fmt;

/// An AWS account id: twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An account of the fleet, with the credentials that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    id: AccountId,
    name: &'static str,
    access_key_id: String,
}

impl Account {
    /// The account's id.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// The account's name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The access key id that makes a request this account's.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// A secret to sign with. It is no secret, and the stand-in verifies no signature.
    #[must_use]
    pub fn secret_access_key(&self) -> &'static str {
        "standin-secret"
    }

    /// The ARN of the account's one role, `larder-read`. Whoever has credentials of the fleet and knows the
    /// [`Self::external_id`] may assume it.
    #[must_use]
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{ROLE}", self.id)
    }

    /// The external id that the role's trust policy asks for: `larder-` and the last four digits of the account.
    #[must_use]
    pub fn external_id(&self) -> String {
        let digits = self.id.as_str();
        format!("larder-{}", &digits[digits.len() - 4..])
    }

    pub(crate) fn role_id(&self) -> String {
        format!("AROASTANDIN{}", self.id)
    }

    pub(crate) fn assumed_role_arn(&self, session_name: &str) -> String {
        format!("arn:aws:sts::{}:assumed-role/{ROLE}/{session_name}", self.id)
    }
}

/// The role that may be assumed in every account.
const ROLE: &str = "larder-read";

/// The accounts that [`super::plan::PLAN`] refers to by their index.
pub(super) fn all() -> Vec<Account> {
    [("111122223333", "larder-production"), ("444455556666", "larder-staging")]
        .map(|(id, name)| Account { id: AccountId(id.to_owned()), name, access_key_id: format!("STANDIN{id}") })
        .into()
}
