use std::fmt;

use crate::{AccountId, Region};

/// The longest ARN that IAM gives a role, in bytes.
const LONGEST: usize = 2_048;

/// The ARN of an IAM role: `arn:aws:iam::444455556666:role/larder-read`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoleArn {
    text: Box<str>,
    partition: &'static str,
    account: AccountId,
}

impl RoleArn {
    /// The role that `text` names, or `None` unless it is the whole ARN of a role in a partition that there is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (arn, partition, service, region) = (next()?, next()?, next()?, next()?);
        let (account, resource) = (AccountId::parse(next()?)?, next()?);
        let known = Region::all().iter().map(|region| region.partition()).find(|known| *known == partition)?;
        let name = resource.strip_prefix("role/")?;
        let whole = arn == "arn" && service == "iam" && region.is_empty() && text.len() <= LONGEST;
        let named = !name.is_empty() && !name.ends_with('/') && name.bytes().all(is_of_a_path);
        (whole && named).then(|| Self { text: text.into(), partition: known, account })
    }

    /// The partition that the role is in: `aws`.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        self.partition
    }

    /// The account that the role is in.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// IAM's rule for role names, and `/` between the parts of a path.
fn is_of_a_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("arn:aws:iam::444455556666:role/larder-read", "aws")]
    #[case("arn:aws-cn:iam::444455556666:role/team/larder.read@1", "aws-cn")]
    #[case("arn:aws-us-gov:iam::444455556666:role/x", "aws-us-gov")]
    fn a_role_tells_its_partition_and_account(#[case] text: &str, #[case] partition: &str) {
        let role = RoleArn::parse(text).expect("a role");
        assert_eq!((role.partition(), role.account().as_str()), (partition, "444455556666"));
        assert_eq!(role.to_string(), text);
    }

    #[rstest]
    #[case("")]
    #[case("larder-read")]
    #[case("arn:aws:iam::444455556666:user/larder")]
    #[case("arn:aws:iam::444455556666:role/")]
    #[case("arn:aws:iam::444455556666:role/a b")]
    #[case("arn:aws:iam::444455556666:role/a:b")]
    #[case("arn:aws:iam::444455556666:role/team/")]
    #[case("arn:aws:iam::44445555666:role/larder")]
    #[case("arn:aws:iam:us-east-1:444455556666:role/larder")]
    #[case("arn:aws:sts::444455556666:assumed-role/larder/session")]
    #[case("arn:azure:iam::444455556666:role/larder")]
    #[case(" arn:aws:iam::444455556666:role/larder")]
    fn no_other_text_is_a_role(#[case] text: &str) {
        assert_eq!(RoleArn::parse(text), None);
    }

    #[test]
    fn a_role_is_not_longer_than_iam_allows() {
        let text = format!("arn:aws:iam::444455556666:role/{}", "a".repeat(LONGEST));
        assert_eq!(RoleArn::parse(&text), None);
    }
}
