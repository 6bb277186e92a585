use std::time::Duration;

use aws_sdk_ec2::types;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Aws, FetchError, ListShape, Region, Scope, ScopeRule, Source, TtlPolicy};

/// The IAM action of asking which regions there are.
pub const DESCRIBE_REGIONS: &str = "ec2:DescribeRegions";
/// What AWS calls a region that an account may use.
const USABLE: [&str; 2] = ["opt-in-not-required", "opted-in"];

/// The name of the data type that says which regions an account may use: see [`usable_regions`].
pub const EC2_REGIONS: &str = Ec2Regions::NAME;

/// The data type `ec2-regions`.
#[derive(Debug)]
pub(crate) struct Ec2Regions;

/// The regions of an account's partition, by name, those that it may not use included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct RegionsAnswer {
    regions: Vec<RegionStatus>,
}

/// One region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegionStatus {
    /// `us-east-1`
    pub(crate) region: String,
    /// Whether the account may use it: `opt-in-not-required`, `opted-in` or `not-opted-in`; null if AWS doesn't say.
    pub(crate) opt_in_status: Option<String>,
}

impl Source for Ec2Regions {
    const NAME: &'static str = "ec2-regions";
    const SUMMARY: &'static str = "Regions, and whether the account may use them";
    const PATH: &'static str = "/ec2/regions";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::Account;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_REGIONS];
    const LIST: Option<ListShape> = Some(ListShape { member: "regions", id: "region" });

    type Answer = RegionsAnswer;

    /// Asked in the partition's first region, which every account may use. The operation has no pages.
    async fn fetch(aws: &Aws, _: &Scope) -> Result<RegionsAnswer, FetchError> {
        let ec2 = aws.ec2(aws.account_wide_region());
        let answer = ec2.describe_regions().all_regions(true).send().await;
        let answer = answer.map_err(|error| FetchError::from_sdk(DESCRIBE_REGIONS, &error))?;
        let regions = answer.regions.into_iter().flatten().map(status);
        let mut regions = regions.collect::<Result<Vec<_>, _>>()?;
        regions.sort_by(|a, b| a.region.cmp(&b.region));
        Ok(RegionsAnswer { regions })
    }
}

/// The regions that an account may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsableRegions {
    /// Those that can be asked, by name.
    pub known: Vec<Region>,
    /// The names of those that are younger than this program, which can't ask them.
    pub unknown: Vec<String>,
}

/// The regions that the account may use, of an answer of the data type `ec2-regions`.
///
/// # Errors
/// For bytes that are no such answer.
pub fn usable_regions(answer: &[u8]) -> Result<UsableRegions, serde_json::Error> {
    let answer: RegionsAnswer = serde_json::from_slice(answer)?;
    let mut usable = UsableRegions::default();
    for RegionStatus { region: name, opt_in_status } in answer.regions {
        if !opt_in_status.is_some_and(|status| USABLE.contains(&&*status)) {
            continue;
        }
        match Region::parse(&name) {
            Some(region) => usable.known.push(region),
            None => usable.unknown.push(name),
        }
    }
    Ok(usable)
}

fn status(region: types::Region) -> Result<RegionStatus, FetchError> {
    Ok(RegionStatus {
        region: region.region_name.ok_or_else(|| FetchError::without(DESCRIBE_REGIONS, "regionName"))?,
        opt_in_status: region.opt_in_status,
    })
}

#[cfg(test)]
mod tests;
