use std::fmt;

use serde::{Serialize, Serializer};

/// An AWS region of the closed list below, with its partition.
///
/// Only a region of the list exists, so that no text of a request can become part of a host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    name: &'static str,
    partition: &'static str,
}

impl Region {
    /// Where the partition `aws` has its account-wide services.
    pub(crate) const US_EAST_1: Self = region("us-east-1", "aws");

    /// The region of that exact name, or `None` if the list has none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let at = REGIONS.binary_search_by(|region| region.name.cmp(name));
        at.ok().and_then(|at| REGIONS.get(at)).copied()
    }

    /// Every region, by name.
    #[must_use]
    pub fn all() -> &'static [Self] {
        REGIONS
    }

    /// The name in AWS's words: `us-east-1`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The partition it belongs to: `aws`, `aws-cn`, `aws-us-gov`, ...
    #[must_use]
    pub fn partition(self) -> &'static str {
        self.partition
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

const fn region(name: &'static str, partition: &'static str) -> Region {
    Region { name, partition }
}

/// In the order of their names, which `parse` searches by. From botocore's `partitions.json`, without the
/// pseudo regions (`aws-global`) that stand for a service's one endpoint.
static REGIONS: &[Region] = &[
    region("af-south-1", "aws"),
    region("ap-east-1", "aws"),
    region("ap-east-2", "aws"),
    region("ap-northeast-1", "aws"),
    region("ap-northeast-2", "aws"),
    region("ap-northeast-3", "aws"),
    region("ap-south-1", "aws"),
    region("ap-south-2", "aws"),
    region("ap-southeast-1", "aws"),
    region("ap-southeast-2", "aws"),
    region("ap-southeast-3", "aws"),
    region("ap-southeast-4", "aws"),
    region("ap-southeast-5", "aws"),
    region("ap-southeast-6", "aws"),
    region("ap-southeast-7", "aws"),
    region("ca-central-1", "aws"),
    region("ca-west-1", "aws"),
    region("cn-north-1", "aws-cn"),
    region("cn-northwest-1", "aws-cn"),
    region("eu-central-1", "aws"),
    region("eu-central-2", "aws"),
    region("eu-isoe-west-1", "aws-iso-e"),
    region("eu-north-1", "aws"),
    region("eu-south-1", "aws"),
    region("eu-south-2", "aws"),
    region("eu-west-1", "aws"),
    region("eu-west-2", "aws"),
    region("eu-west-3", "aws"),
    region("eusc-de-east-1", "aws-eusc"),
    region("il-central-1", "aws"),
    region("me-central-1", "aws"),
    region("me-south-1", "aws"),
    region("me-west-1", "aws"),
    region("mx-central-1", "aws"),
    region("sa-east-1", "aws"),
    region("sa-west-1", "aws"),
    region("us-east-1", "aws"),
    region("us-east-2", "aws"),
    region("us-gov-east-1", "aws-us-gov"),
    region("us-gov-west-1", "aws-us-gov"),
    region("us-iso-east-1", "aws-iso"),
    region("us-iso-west-1", "aws-iso"),
    region("us-isob-east-1", "aws-iso-b"),
    region("us-isob-west-1", "aws-iso-b"),
    region("us-isof-east-1", "aws-iso-f"),
    region("us-isof-south-1", "aws-iso-f"),
    region("us-west-1", "aws"),
    region("us-west-2", "aws"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::*;

    #[test]
    fn the_list_is_that_of_botocore() {
        let Some(partitions) = crate::scripted_aws::real_data("models/partitions.json.gz") else {
            return;
        };
        let mut expected = BTreeMap::new();
        for partition in partitions["partitions"].as_array().expect("partitions") {
            let id = partition["id"].as_str().expect("id");
            let regions = partition["regions"].as_object().expect("regions");
            let real = regions.keys().filter(|name| !name.ends_with("-global"));
            expected.extend(real.map(|name| (name.clone(), id.to_owned())));
        }
        let listed = Region::all().iter();
        let listed: Vec<_> = listed.map(|region| (region.name().to_owned(), region.partition().to_owned())).collect();
        assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn every_region_is_found_by_its_name() {
        for region in Region::all() {
            assert_eq!(Region::parse(region.name()), Some(*region));
        }
    }

    #[rstest]
    #[case("")]
    #[case("US-EAST-1")]
    #[case("us-east-1 ")]
    #[case("us-east-1.evil#")]
    #[case("../")]
    #[case("us-east-9")]
    #[case("aws-global")]
    #[case("us‑east‑1")]
    #[case("all")]
    fn no_other_text_is_a_region(#[case] text: &str) {
        assert_eq!(Region::parse(text), None);
    }
}
