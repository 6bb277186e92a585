use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ec2::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy, ec2_tags};

mod rule;

use rule::Rule;

const DESCRIBE_SECURITY_GROUPS: &str = "ec2:DescribeSecurityGroups";
/// The most that `DescribeSecurityGroups` allows.
const PAGE_SIZE: i32 = 1_000;

/// The calls that write security groups. A VPC's default one comes and goes with it.
const WRITES: &[&str] = &[
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateDefaultVpc",
    "CreateSecurityGroup",
    "CreateVpc",
    "DeleteSecurityGroup",
    "DeleteVpc",
    "ModifySecurityGroupRules",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
];

/// The data type `ec2-security-groups`.
#[derive(Debug)]
pub(crate) struct Ec2SecurityGroups;

/// The security groups of an account in a region, by `groupId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityGroupsAnswer {
    security_groups: Vec<SecurityGroup>,
}

/// One security group. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityGroup {
    /// `sg-` and its id.
    pub(crate) group_id: String,
    /// The name, which only groups of other VPCs may have too.
    pub(crate) group_name: Option<String>,
    /// What people wrote about it.
    pub(crate) description: Option<String>,
    /// The VPC that it is a part of.
    pub(crate) vpc_id: Option<String>,
    /// What may come in, and from where.
    pub(crate) ingress: Vec<Rule>,
    /// What may go out, and where to.
    pub(crate) egress: Vec<Rule>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Source for Ec2SecurityGroups {
    const NAME: &'static str = "ec2-security-groups";
    const SUMMARY: &'static str = "Security groups with their VPC, rules and tags";
    const PATH: &'static str = "/ec2/security-groups";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_SECURITY_GROUPS];
    const MADE_OLD_BY: &'static [MadeOldBy] =
        &[MadeOldBy::Calls { service: "ec2", names: WRITES }, MadeOldBy::TagsOf("sg-")];
    const LIST: Option<ListShape> = Some(ListShape { member: "securityGroups", id: "groupId" });

    type Answer = SecurityGroupsAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<SecurityGroupsAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_SECURITY_GROUPS)?);
        let pages = ec2.describe_security_groups().into_paginator().page_size(PAGE_SIZE);
        let groups = every_page(DESCRIBE_SECURITY_GROUPS, pages.send(), |page| (page.next_token, page.security_groups));
        let groups = groups.await?.into_iter().map(security_group);
        let mut security_groups = groups.collect::<Result<Vec<_>, _>>()?;
        security_groups.sort_by(|a, b| a.group_id.cmp(&b.group_id));
        Ok(SecurityGroupsAnswer { security_groups })
    }
}

fn security_group(group: types::SecurityGroup) -> Result<SecurityGroup, FetchError> {
    let owner = group.owner_id;
    Ok(SecurityGroup {
        group_id: group.group_id.ok_or_else(|| FetchError::without(DESCRIBE_SECURITY_GROUPS, "groupId"))?,
        group_name: group.group_name,
        description: group.description,
        vpc_id: group.vpc_id.filter(|vpc| !vpc.is_empty()),
        ingress: rule::all(group.ip_permissions, owner.as_deref())?,
        egress: rule::all(group.ip_permissions_egress, owner.as_deref())?,
        tags: ec2_tags::by_key(group.tags),
    })
}

#[cfg(test)]
mod tests;
