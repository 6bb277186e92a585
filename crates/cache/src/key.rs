use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// The partition whose name the key of a region-less scope leaves out.
const COMMERCIAL: &str = "aws";
const LONGEST_PART: usize = 64;
/// The account part of an answer that is the same for every account of a region.
pub(crate) const GLOBAL: &str = "global";

/// What an entry is stored under: data type, scope and variant, and the resource it is about if it has one.
///
/// The text form is `ec2-subnets#us-east-1#123456789012`, with `#<variant>` behind it where there is one and `-`
/// for a part that the scope lacks. Distinct (data type, scope, variant) never make the same text: no part can
/// contain `#`, and each part has its place. Cloning is a reference count.
#[derive(Clone)]
pub struct Key(Arc<Parts>);

struct Parts {
    data_type: Box<str>,
    scope: Scope,
    variant: Option<Variant>,
    resource: Option<Box<str>>,
    text: Box<str>,
}

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

/// A digest of the canonical query parameters: 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant(String);

/// A part that cannot be in a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} {value:?} cannot be part of a cache key: {rule}")]
pub struct InvalidPart {
    /// Which part: `data type`, `partition`, `region`, `account`, `resource`.
    pub part: &'static str,
    /// What was given.
    pub value: String,
    /// What would be right.
    pub rule: &'static str,
}

impl Key {
    /// The key of `data_type` in `scope`.
    ///
    /// # Errors
    /// [`InvalidPart`] names the part that is malformed.
    pub fn new(data_type: &str, scope: Scope) -> Result<Self, InvalidPart> {
        Self::with(data_type, scope, None, None)
    }

    /// The same question asked with query parameters, about one resource, or both.
    ///
    /// # Errors
    /// [`InvalidPart`] names the part that is malformed.
    pub fn with(
        data_type: &str,
        scope: Scope,
        variant: Option<Variant>,
        resource: Option<&str>,
    ) -> Result<Self, InvalidPart> {
        check_data_type(data_type)?;
        scope.check()?;
        resource.map(check_resource).transpose()?;
        let mut text = format!("{data_type}#{}#{}", scope.region_part(), scope.account_part());
        if let Some(Variant(digest)) = &variant {
            text.push('#');
            text.push_str(digest);
        }
        Ok(Self(Arc::new(Parts {
            data_type: data_type.into(),
            scope,
            variant,
            resource: resource.map(Into::into),
            text: text.into(),
        })))
    }

    /// The kebab-case name of the data type.
    #[must_use]
    pub fn data_type(&self) -> &str {
        &self.0.data_type
    }

    /// What the answer is about.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// The digest of the query parameters, if the question had any.
    #[must_use]
    pub fn variant(&self) -> Option<&Variant> {
        self.0.variant.as_ref()
    }

    /// The resource (an instance, a user) that the answer is about, if it is about one.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// The text under which a store keeps the entry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// What an entry repeats of itself, so that a reader who finds another's notices: partition, key and resource.
    #[must_use]
    pub fn identity(&self) -> String {
        format!("{}#{}#{}", self.0.scope.partition, self.0.text, self.resource().unwrap_or("-"))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0.text)
    }
}

impl Scope {
    fn check(&self) -> Result<(), InvalidPart> {
        check_name("partition", &self.partition)?;
        self.region.as_deref().map(check_region).transpose()?;
        match &self.account {
            Account::Id(id) => check_account(id),
            Account::Global => Ok(()),
        }
    }

    /// A region belongs to one partition, so only a scope without a region has to name it.
    fn region_part(&self) -> String {
        match &self.region {
            Some(region) => region.clone(),
            None if self.partition == COMMERCIAL => "-".to_owned(),
            None => format!("-@{}", self.partition),
        }
    }

    fn account_part(&self) -> &str {
        match &self.account {
            Account::Id(id) => id,
            Account::Global => GLOBAL,
        }
    }
}

impl Variant {
    /// The variant of a question asked with these parameters, in whatever order they are given.
    #[must_use]
    pub fn of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let digest = Sha256::digest(digest_input(parameters));
        Self(hex::encode(&digest[..16]))
    }

    /// The digest in hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Canonical bytes of query parameters: sorted, each name and value with its length before it, so that no choice
/// of separators inside them makes two different sets of parameters alike.
fn digest_input<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut parameters: Vec<_> = parameters.into_iter().collect();
    parameters.sort_unstable();
    let mut bytes = Vec::new();
    for text in parameters.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

pub(crate) fn check_data_type(value: &str) -> Result<(), InvalidPart> {
    check_name("data type", value)
}

/// AWS's regions are kebab-case names too.
pub(crate) fn check_region(value: &str) -> Result<(), InvalidPart> {
    check_name("region", value)
}

pub(crate) fn check_account(value: &str) -> Result<(), InvalidPart> {
    let valid = value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit());
    ensure(valid, "account", value, "an account is 12 ASCII digits")
}

pub(crate) fn check_resource(value: &str) -> Result<(), InvalidPart> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@".contains(&byte);
    let valid = (2..=256).contains(&value.len()) && value.bytes().all(allowed);
    ensure(valid, "resource", value, "a resource is 2 to 256 of A-Z a-z 0-9 - _ . : / @")
}

fn check_name(part: &'static str, value: &str) -> Result<(), InvalidPart> {
    let bytes = value.as_bytes();
    let valid = (2..=LONGEST_PART).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-');
    ensure(valid, part, value, "a name is 2 to 64 of a-z 0-9 -, and begins with a letter")
}

fn ensure(valid: bool, part: &'static str, value: &str, rule: &'static str) -> Result<(), InvalidPart> {
    if valid {
        return Ok(());
    }
    Err(InvalidPart { part, value: value.chars().take(LONGEST_PART).collect(), rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regional(region: &str, account: Account) -> Scope {
        Scope { partition: "aws".into(), region: Some(region.into()), account }
    }

    fn id(digits: &str) -> Account {
        Account::Id(digits.into())
    }

    #[test]
    fn the_text_is_what_the_design_says() {
        let scope = regional("us-east-1", id("123456789012"));
        let key = Key::new("ec2-subnets", scope.clone()).expect("valid");
        assert_eq!(key.as_str(), "ec2-subnets#us-east-1#123456789012");
        let variant = Variant::of([("b", "2"), ("a", "1")]);
        let key = Key::with("ec2-subnets", scope, Some(variant.clone()), None).expect("valid");
        assert_eq!(key.as_str(), format!("ec2-subnets#us-east-1#123456789012#{}", variant.as_str()));
        let key = Key::new("ec2-instance-types", regional("eu-west-1", Account::Global)).expect("valid");
        assert_eq!(key.as_str(), "ec2-instance-types#eu-west-1#global");
    }

    #[test]
    fn a_scope_without_region_is_told_apart_by_partition() {
        let keys = ["aws", "aws-cn"].map(|partition| {
            let scope = Scope { partition: partition.into(), region: None, account: id("123456789012") };
            Key::new("drs-accounts", scope).expect("valid")
        });
        assert_eq!(keys[0].as_str(), "drs-accounts#-#123456789012");
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn hostile_parts_are_refused_and_named() {
        for region in ["us-east-1.evil#", "../", "-", "*", "", "üs-east-1", "US-EAST-1", "us east"] {
            let error = Key::new("ec2-subnets", regional(region, Account::Global)).expect_err(region);
            assert_eq!(error.part, "region");
        }
        for account in ["global", "12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２"]
        {
            let error = Key::new("ec2-subnets", regional("us-east-1", id(account))).expect_err(account);
            assert_eq!(error.part, "account");
        }
        assert_eq!(Key::new("a#b", regional("us-east-1", Account::Global)).expect_err("#").part, "data type");
    }

    #[test]
    fn parameters_are_told_apart_whatever_separators_they_hold() {
        assert_eq!(Variant::of([("a", "1"), ("b", "2")]), Variant::of([("b", "2"), ("a", "1")]));
        assert_ne!(digest_input([("a", "b=c")]), digest_input([("a=b", "c")]));
        assert_ne!(digest_input([("a", ""), ("b", "")]), digest_input([("a", "b")]));
    }
}
