use std::fmt;

use crate::key::Key;
use crate::part::{InvalidPart, check_account, check_data_type, check_region, check_resource};
use crate::scope::{Account, GLOBAL};
use crate::store::Listed;

/// Which entries an invalidation is about: each part given, or absent for any.
///
/// The text form, under which a store keeps the selector's mark, is `drs-quotas#us-east-1#*#*`: data type, region,
/// account, resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector {
    data_type: Option<String>,
    region: Option<String>,
    account: Option<String>,
    resource: Option<String>,
}

const ANY: &str = "*";

impl Selector {
    /// Every entry there is. Its mark is the floor.
    pub const EVERYTHING: Self = Self { data_type: None, region: None, account: None, resource: None };

    /// Entries of one data type only.
    ///
    /// # Errors
    /// [`InvalidPart`] when no data type could have this name.
    pub fn data_type(mut self, name: &str) -> Result<Self, InvalidPart> {
        check_data_type(name)?;
        self.data_type = Some(name.to_owned());
        Ok(self)
    }

    /// Entries of one region only, and those that have none.
    ///
    /// # Errors
    /// [`InvalidPart`] when no region could have this name.
    pub fn region(mut self, name: &str) -> Result<Self, InvalidPart> {
        check_region(name)?;
        self.region = Some(name.to_owned());
        Ok(self)
    }

    /// Entries of one account only, and those that are the same for all.
    ///
    /// # Errors
    /// [`InvalidPart`] unless it is 12 ASCII digits.
    pub fn account(mut self, id: &str) -> Result<Self, InvalidPart> {
        check_account(id)?;
        self.account = Some(id.to_owned());
        Ok(self)
    }

    /// Entries about one resource only, and those that are about no single one.
    ///
    /// # Errors
    /// [`InvalidPart`] when no resource could have this id.
    pub fn resource(mut self, id: &str) -> Result<Self, InvalidPart> {
        check_resource(id)?;
        self.resource = Some(id.to_owned());
        Ok(self)
    }

    /// Whether an invalidation of this selector kills the entry of `key`. A part that the entry lacks matches any
    /// value.
    #[must_use]
    pub fn matches(&self, key: &Key) -> bool {
        let scope = key.scope();
        let account = match &scope.account {
            Account::Id(id) => Some(id.as_str()),
            Account::Global => None,
        };
        self.matches_parts(key.data_type(), scope.region.as_deref(), account, key.resource())
    }

    pub(crate) fn resource_part(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// Whether an invalidation of this selector kills an entry that a store lists, as far as a listing tells: it tells
    /// of no resource.
    pub(crate) fn matches_listed(&self, entry: &Listed) -> bool {
        let account = Some(entry.account_id.as_str()).filter(|account| *account != GLOBAL);
        self.matches_parts(&entry.data_type, entry.region(), account, None)
    }

    fn matches_parts(
        &self,
        data_type: &str,
        region: Option<&str>,
        account: Option<&str>,
        resource: Option<&str>,
    ) -> bool {
        part_matches(self.data_type.as_deref(), Some(data_type))
            && part_matches(self.region.as_deref(), region)
            && part_matches(self.account.as_deref(), account)
            && part_matches(self.resource.as_deref(), resource)
    }

    /// The selector whose text form this is, or `None` for a text that is no selector's.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('#');
        let mut part = || parts.next().map(|part| (part != ANY).then_some(part));
        let (data_type, region, account, resource) = (part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return None;
        }
        let mut selector = Self::EVERYTHING;
        if let Some(name) = data_type {
            selector = selector.data_type(name).ok()?;
        }
        if let Some(name) = region {
            selector = selector.region(name).ok()?;
        }
        if let Some(id) = account {
            selector = selector.account(id).ok()?;
        }
        if let Some(id) = resource {
            selector = selector.resource(id).ok()?;
        }
        Some(selector)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |value: &Option<String>| value.clone().unwrap_or_else(|| ANY.to_owned());
        let (data_type, region) = (part(&self.data_type), part(&self.region));
        write!(f, "{data_type}#{region}#{}#{}", part(&self.account), part(&self.resource))
    }
}

fn part_matches(asked: Option<&str>, has: Option<&str>) -> bool {
    match (asked, has) {
        (Some(asked), Some(has)) => asked == has,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;

    fn key(data_type: &str, region: Option<&str>, account: Account) -> Key {
        let scope = Scope { partition: "aws".into(), region: region.map(Into::into), account };
        Key::new(data_type, scope).expect("valid")
    }

    fn account() -> Account {
        Account::Id("111122223333".into())
    }

    #[test]
    fn text_and_back() {
        let selector = Selector::EVERYTHING.data_type("drs-quotas").and_then(|s| s.account("111122223333"));
        let selector = selector.expect("valid");
        assert_eq!(selector.to_string(), "drs-quotas#*#111122223333#*");
        assert_eq!(Selector::parse(&selector.to_string()), Some(selector));
        assert_eq!(Selector::parse("*#*#*#*"), Some(Selector::EVERYTHING));
        for text in ["", "*", "*#*#*", "*#*#*#*#*", "A#*#*#*", "*#*#12#*"] {
            assert_eq!(Selector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_that_the_scope_lacks_matches_any_value() {
        let region = Selector::EVERYTHING.region("us-east-1").expect("valid");
        assert!(region.matches(&key("drs-accounts", None, account())));
        assert!(!region.matches(&key("ec2-subnets", Some("eu-west-1"), account())));
        let other = Selector::EVERYTHING.account("444455556666").expect("valid");
        assert!(other.matches(&key("ec2-instance-types", Some("us-east-1"), Account::Global)));
        assert!(!other.matches(&key("ec2-subnets", Some("us-east-1"), account())));
        let resource = Selector::EVERYTHING.resource("i-0123456789abcdef0").expect("valid");
        assert!(resource.matches(&key("ec2-subnets", Some("us-east-1"), account())));
    }
}
