//! What the data types of Elastic Disaster Recovery have in common.

use aws_sdk_drs::types::{ExtensionStatus, SourceServer, StagingArea};

use crate::pages::every_page;
use crate::{AccountId, FetchError, MadeOldBy};

pub(crate) const DESCRIBE_SOURCE_SERVERS: &str = "drs:DescribeSourceServers";
/// DRS names no maximum for its describing operations; 300 is the most it allows for any other list of source servers.
pub(crate) const PAGE_SIZE: i32 = 300;
const UNINITIALIZED: &str = "UninitializedAccountException";

/// DRS tells of launches and of replication that stalls, and every call that wrote something counts too: a job begins with
/// one.
pub(crate) const MADE_OLD_BY: &[MadeOldBy] = &[MadeOldBy::EventsOf("drs")];

/// The regions that have DRS, by name: from botocore's `endpoints.json`, of every partition.
pub(crate) static REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Every source server of the account, whatever its state.
pub(crate) async fn source_servers(drs: &aws_sdk_drs::Client) -> Result<Vec<SourceServer>, FetchError> {
    let pages = drs.describe_source_servers().into_paginator();
    every_page(DESCRIBE_SOURCE_SERVERS, pages.page_size(PAGE_SIZE).send(), |page| (page.next_token, page.items)).await
}

/// `None` for an account that never used DRS in the region, which is no failure.
pub(crate) fn initialized<T>(answer: Result<T, FetchError>) -> Result<Option<T>, FetchError> {
    match answer {
        Err(error) if error.is_rejected_with(UNINITIALIZED) => Ok(None),
        answer => answer.map(Some),
    }
}

/// Such a server replicates into the staging account, and takes a slot there. It is extended also when DRS can't
/// reach the server that it was extended from (`EXTENSION_ERROR`).
pub(crate) fn is_extended_from_another_account(staging: &StagingArea, account: &AccountId) -> bool {
    let extended = matches!(staging.status(), Some(ExtensionStatus::Extended | ExtensionStatus::ExtensionError));
    extended && staging.staging_account_id().is_some_and(|staging| staging != account.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Region;
    use crate::scripted_aws::endpoints;

    #[test]
    fn the_regions_are_those_of_botocore() {
        let endpoints = endpoints();
        let partitions = endpoints["partitions"].as_array().expect("partitions").iter();
        let named = partitions.filter_map(|partition| partition["services"]["drs"]["endpoints"].as_object());
        let named: BTreeSet<_> = named.flat_map(|endpoints| endpoints.keys().map(String::as_str)).collect();
        // An endpoint for FIPS is not a region of its own.
        let expected: Vec<_> = named.into_iter().filter(|name| !name.starts_with("fips-")).collect();
        assert_eq!(REGIONS, expected);
        assert!(REGIONS.iter().all(|name| Region::parse(name).is_some()));
    }
}
