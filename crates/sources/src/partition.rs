use crate::Region;

/// The partition where nothing says another.
pub(crate) const COMMERCIAL: &str = "aws";

/// The region where a partition's account-wide services are asked, such as IAM: the one that their signatures name, or
/// the partition's only one. That of `aws` for a partition that there is not.
pub(crate) fn account_wide_region(partition: &str) -> Region {
    let named = ACCOUNT_WIDE.iter().find(|(name, _)| *name == partition);
    let region = named.and_then(|(_, region)| Region::parse(region));
    region.unwrap_or(Region::US_EAST_1)
}

/// The region where a partition's Cost Explorer is asked: that of its other account-wide services, but for China.
pub(crate) fn cost_explorer_region(partition: &str) -> Region {
    let own = COST_EXPLORER.iter().find(|(name, _)| *name == partition);
    own.and_then(|(_, region)| Region::parse(region)).unwrap_or_else(|| account_wide_region(partition))
}

/// From botocore's `endpoints.json`: Cost Explorer's credential scope, where it is not IAM's.
static COST_EXPLORER: &[(&str, &str)] = &[("aws-cn", "cn-northwest-1")];

/// From botocore's `endpoints.json`: IAM's credential scope.
static ACCOUNT_WIDE: &[(&str, &str)] = &[
    ("aws", "us-east-1"),
    ("aws-cn", "cn-north-1"),
    ("aws-eusc", "eusc-de-east-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"),
    ("aws-us-gov", "us-gov-west-1"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted_aws::endpoints;

    #[test]
    fn every_partition_has_its_own() {
        for region in Region::all() {
            assert_eq!(account_wide_region(region.partition()).partition(), region.partition());
        }
        assert_eq!(account_wide_region("aws-of-tomorrow").name(), "us-east-1");
    }

    #[test]
    fn they_are_those_that_botocore_signs_for() {
        assert!(check("iam", account_wide_region) >= 6);
        assert!(check("ce", cost_explorer_region) >= 5);
    }

    /// In how many partitions botocore has that service, signed for the region that `ours` says.
    fn check(service: &str, ours: fn(&str) -> Region) -> usize {
        let mut compared = 0;
        for partition in endpoints()["partitions"].as_array().expect("partitions") {
            let name = partition["partition"].as_str().expect("a name");
            let service = &partition["services"][service];
            let Some(endpoint) = service["partitionEndpoint"].as_str() else { continue };
            let signed_for = &service["endpoints"][endpoint]["credentialScope"]["region"];
            assert_eq!(*signed_for, ours(name).name(), "{name}");
            compared += 1;
        }
        compared
    }
}
