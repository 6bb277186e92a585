use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ec2::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy, ec2_tags};

const DESCRIBE_SUBNETS: &str = "ec2:DescribeSubnets";
/// The most that `DescribeSubnets` allows.
const PAGE_SIZE: i32 = 1_000;

/// The calls that write subnets.
const WRITES: &[&str] =
    &["CreateDefaultSubnet", "CreateDefaultVpc", "CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute"];

/// The data type `ec2-subnets`.
#[derive(Debug)]
pub(crate) struct Ec2Subnets;

/// The subnets of an account in a region, by `subnetId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct SubnetsAnswer {
    subnets: Vec<Subnet>,
}

/// One subnet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subnet {
    /// `subnet-` and its id.
    pub(crate) subnet_id: String,
    /// The VPC that it is a part of.
    pub(crate) vpc_id: Option<String>,
    /// The IPv4 range; null for a subnet that has IPv6 only.
    pub(crate) cidr_block: Option<String>,
    /// `us-east-1a`: a name that may mean another place in another account.
    pub(crate) availability_zone: Option<String>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Source for Ec2Subnets {
    const NAME: &'static str = "ec2-subnets";
    const SUMMARY: &'static str = "Subnets with their VPC, range, zone and tags";
    const PATH: &'static str = "/ec2/subnets";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_SUBNETS];
    const MADE_OLD_BY: &'static [MadeOldBy] =
        &[MadeOldBy::Calls { service: "ec2", names: WRITES }, MadeOldBy::TagsOf("subnet-")];
    const LIST: Option<ListShape> = Some(ListShape { member: "subnets", id: "subnetId" });

    type Answer = SubnetsAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<SubnetsAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_SUBNETS)?);
        let pages = ec2.describe_subnets().into_paginator().page_size(PAGE_SIZE);
        let subnets = every_page(DESCRIBE_SUBNETS, pages.send(), |page| (page.next_token, page.subnets));
        let subnets = subnets.await?.into_iter().map(subnet);
        let mut subnets = subnets.collect::<Result<Vec<_>, _>>()?;
        subnets.sort_by(|a, b| a.subnet_id.cmp(&b.subnet_id));
        Ok(SubnetsAnswer { subnets })
    }
}

fn subnet(subnet: types::Subnet) -> Result<Subnet, FetchError> {
    Ok(Subnet {
        subnet_id: subnet.subnet_id.ok_or_else(|| FetchError::without(DESCRIBE_SUBNETS, "subnetId"))?,
        vpc_id: subnet.vpc_id,
        cidr_block: subnet.cidr_block.filter(|range| !range.is_empty()),
        availability_zone: subnet.availability_zone,
        tags: ec2_tags::by_key(subnet.tags),
    })
}

#[cfg(test)]
mod tests;
