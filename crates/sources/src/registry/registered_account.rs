use super::{AccountEntry, InvalidAccount, RoleArn};
use crate::{AccountId, Region};

/// The longest name, in characters.
const LONGEST_NAME: usize = 128;
/// How long an external id may be, in bytes: STS's rule.
const EXTERNAL_ID: std::ops::RangeInclusive<usize> = 2..=1_224;

/// An account that Larder may ask, made from an [`AccountEntry`] that is right in itself: the role, if there is one, is
/// the account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredAccount {
    id: AccountId,
    name: Option<String>,
    role: Option<(RoleArn, Option<String>)>,
    regions: Vec<Region>,
}

impl RegisteredAccount {
    /// The account with nothing more said of it.
    pub(crate) fn unnamed(id: AccountId) -> Self {
        Self { id, name: None, role: None, regions: Vec::new() }
    }

    /// The account.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The role by which it is asked; only the own account can do without.
    #[must_use]
    pub fn role_arn(&self) -> Option<&RoleArn> {
        self.role.as_ref().map(|(arn, _)| arn)
    }

    /// What the role's trust policy wants to hear.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.role.as_ref().and_then(|(_, external_id)| external_id.as_deref())
    }

    /// The regions that it uses, by name; empty where nobody said.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }
}

impl TryFrom<AccountEntry> for RegisteredAccount {
    type Error = InvalidAccount;

    fn try_from(entry: AccountEntry) -> Result<Self, InvalidAccount> {
        let id = AccountId::parse(&entry.account_id).ok_or(InvalidAccount::Id { text: entry.account_id })?;
        let role = role_of(&id, entry.role_arn, entry.external_id)?;
        let is_name = |name: &String| {
            (1..=LONGEST_NAME).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control)
        };
        if entry.name.as_ref().is_some_and(|name| !is_name(name)) {
            return Err(InvalidAccount::Name { id });
        }
        let regions = entry.regions.into_iter().map(|text| {
            let region = Region::parse(&text).ok_or(InvalidAccount::Region { id: id.clone(), text })?;
            match &role {
                Some((role, _)) if role.partition() != region.partition() => {
                    let (id, role) = (id.clone(), role.clone());
                    Err(InvalidAccount::RegionOfAnotherPartition { id, region: region.name(), role })
                }
                _ => Ok(region),
            }
        });
        let mut regions = regions.collect::<Result<Vec<_>, _>>()?;
        regions.sort();
        regions.dedup();
        Ok(Self { id, name: entry.name, role, regions })
    }
}

impl From<&RegisteredAccount> for AccountEntry {
    fn from(account: &RegisteredAccount) -> Self {
        Self {
            account_id: account.id.to_string(),
            name: account.name.clone(),
            role_arn: account.role_arn().map(RoleArn::to_string),
            external_id: account.external_id().map(str::to_owned),
            regions: account.regions.iter().map(Region::to_string).collect(),
        }
    }
}

fn role_of(
    id: &AccountId,
    arn: Option<String>,
    external_id: Option<String>,
) -> Result<Option<(RoleArn, Option<String>)>, InvalidAccount> {
    let id = id.clone();
    let Some(text) = arn else {
        return if external_id.is_some() { Err(InvalidAccount::ExternalIdWithoutRole { id }) } else { Ok(None) };
    };
    let Some(role) = RoleArn::parse(&text) else { return Err(InvalidAccount::RoleArn { id, text }) };
    if *role.account() != id {
        return Err(InvalidAccount::RoleOfAnotherAccount { id, role });
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    match &external_id {
        Some(text) if !EXTERNAL_ID.contains(&text.len()) || !text.bytes().all(allowed) => {
            Err(InvalidAccount::ExternalId { id })
        }
        _ => Ok(Some((role, external_id))),
    }
}

#[cfg(test)]
mod tests;
