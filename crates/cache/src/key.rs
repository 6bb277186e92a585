use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::part::{InvalidPart, check_data_type, check_resource};
use crate::scope::Scope;
use crate::variant::Variant;

/// What an entry is stored under: data type, scope and variant, and the resource it is about if it has one.
///
/// The text form is `ec2-subnets#us-east-1#123456789012`, with `#<variant>` behind it where there is a variant or a
/// resource (whose digest it is then), and `-` for a part that the scope lacks. Distinct questions never make the same
/// text: no part can contain `#`, and each part has its place. Cloning is a reference count.
#[derive(Clone)]
pub struct Key(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    data_type: Box<str>,
    scope: Scope,
    resource: Option<Box<str>>,
    identity: Box<str>,
    /// Where the text begins in the identity.
    text: usize,
    /// The identity's, so that nobody who looks the key up digests the whole of it again.
    hash: u64,
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
        let variant = match resource {
            Some(resource) => Some(Variant::about(variant.as_ref(), resource)),
            None => variant,
        };
        let mut identity = format!("{}#", scope.partition);
        let text = identity.len();
        identity.push_str(&format!("{data_type}#{}#{}", scope.region_part(), scope.account_part()));
        if let Some(variant) = &variant {
            identity.push('#');
            identity.push_str(variant.as_str());
        }
        let (data_type, resource) = (data_type.into(), resource.map(Into::into));
        let hash = hash_of(&identity);
        Ok(Self(Arc::new(Parts { data_type, scope, resource, identity: identity.into(), text, hash })))
    }

    /// Reads what [`Self::as_str`] gave; `None` for any other text. `partition_of` tells the partition of a region, or
    /// that there is no such region. The text has the resource as a digest, so the key read doesn't say which it is.
    #[must_use]
    pub fn parse(text: &str, partition_of: impl FnOnce(&str) -> Option<&'static str>) -> Option<Self> {
        let mut parts = text.split('#');
        let (data_type, region, account) = (parts.next()?, parts.next()?, parts.next()?);
        let variant = match parts.next() {
            Some(digest) => Some(Variant::parse(digest)?),
            None => None,
        };
        if parts.next().is_some() {
            return None;
        }
        Self::with(data_type, Scope::parse(region, account, partition_of)?, variant, None).ok()
    }

    /// Whether a key could have this text.
    pub(crate) fn is_text(text: &str) -> bool {
        Self::parse(text, |_| Some("aws")).is_some()
    }

    /// A key that was read, with the resource that its text has as a digest.
    pub(crate) fn about(&self, resource: Option<&str>) -> Self {
        let mut parts = Parts::clone(&self.0);
        parts.resource = resource.map(Into::into);
        Self(Arc::new(parts))
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

    /// The resource (an instance, a user) that the answer is about, if it is about one.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// The text under which a store keeps the entry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.identity[self.0.text..]
    }

    /// What an entry repeats of itself, so that a reader who finds another's notices: `partition#` and the text.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.0.identity
    }
}

/// Nobody can choose what an identity digests to: regions and data types are from closed lists, accounts are digits, and
/// variants are digests themselves.
fn hash_of(identity: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    identity.hash(&mut hasher);
    hasher.finish()
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.hash == other.0.hash && self.0.identity == other.0.identity
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scope::{Account, GLOBAL};

    fn regional(region: &str, account: Account) -> Scope {
        Scope { partition: "aws".into(), region: Some(region.into()), account }
    }

    fn id(digits: &str) -> Account {
        Account::Id(digits.into())
    }

    #[test]
    fn the_text_is_what_the_readme_says() {
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
    fn a_resource_and_a_partition_tell_keys_apart() {
        let scope = regional("us-east-1", id("123456789012"));
        let about = |variant, resource| Key::with("ec2-instances", scope.clone(), variant, resource).expect("valid");
        let variant = || Some(Variant::of([("a", "1")]));
        let keys = [
            about(None, None),
            about(None, Some("i-aaaa")),
            about(None, Some("i-bbbb")),
            about(variant(), None),
            about(variant(), Some("i-aaaa")),
            about(Some(Variant::of([("", "i-aaaa")])), None),
            Key::new("ec2-instances", Scope { partition: "aws-cn".into(), ..scope.clone() }).expect("valid"),
        ];
        for (number, key) in keys.iter().enumerate() {
            assert!(keys[..number].iter().all(|other| other != key), "{key:?}");
        }
        let read = Key::parse(keys[1].as_str(), partition_of).expect("its own text");
        assert_eq!((read.resource(), &read.about(Some("i-aaaa"))), (None, &keys[1]));
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

    fn partition_of(region: &str) -> Option<&'static str> {
        (region != "mars-1").then_some(if region.starts_with("cn-") { "aws-cn" } else { "aws" })
    }

    proptest! {
        #[test]
        fn a_key_is_read_as_it_is_written(
            data_type in "[a-z][a-z0-9-]{1,63}",
            region in proptest::option::of("(cn-|us-)[a-z0-9-]{1,20}"),
            partition in "aws|aws-cn|aws-us-gov",
            account in "[0-9]{12}|global",
            parameter in proptest::option::of(".*"),
        ) {
            let partition = region.as_deref().and_then(partition_of).map_or(partition, ToOwned::to_owned);
            let account = if account == GLOBAL { Account::Global } else { id(&account) };
            let scope = Scope { partition, region, account };
            let variant = parameter.map(|value| Variant::of([("p", value.as_str())]));
            let key = Key::with(&data_type, scope, variant, None).expect("valid");
            let read = Key::parse(key.as_str(), partition_of).expect("its own text");
            prop_assert_eq!(read.identity(), key.identity());
            prop_assert_eq!((read.scope(), read.as_str()), (key.scope(), key.as_str()));
        }

        #[test]
        fn a_text_that_is_read_is_the_keys_own(text in "([a-z]{0,3}|-)(#([a-z]{0,3}|-|-@(aws|aws-cn)?|1{12}|(1|f|F){32})){0,5}") {
            if let Some(key) = Key::parse(&text, partition_of) {
                prop_assert_eq!(key.as_str(), text);
            }
        }
    }

    #[test]
    fn a_text_that_no_key_has_is_not_read() {
        for text in [
            "",
            "#epoch",
            "#lease#ec2-subnets#us-east-1#111122223333",
            "ec2-subnets#us-east-1",
            "ec2-subnets#mars-1#111122223333",
            "ec2-subnets#-@aws#111122223333",
            "ec2-subnets#-@#111122223333",
            "ec2-subnets#-aws-cn#111122223333",
            "ec2-subnets#us-east-1#1",
            "ec2-subnets#us-east-1#111122223333#",
            "ec2-subnets#us-east-1#111122223333#0123456789ABCDEF0123456789ABCDEF",
            "ec2-subnets#us-east-1#111122223333#0123456789abcdef0123456789abcdef#x",
        ] {
            assert_eq!(Key::parse(text, partition_of), None, "{text}");
        }
    }
}
