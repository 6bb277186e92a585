use std::time::Duration;

use aws_sdk_ec2::types::InstanceTypeInfo;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, Scope, ScopeRule, Source, TtlPolicy};

const DESCRIBE_INSTANCE_TYPES: &str = "ec2:DescribeInstanceTypes";
/// The most that `DescribeInstanceTypes` allows.
const PAGE_SIZE: i32 = 100;

/// The data type `ec2-instance-types`.
#[derive(Debug)]
pub(crate) struct Ec2InstanceTypes;

/// The instance types that a region offers, by `instanceType`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceTypesAnswer {
    instance_types: Vec<InstanceType>,
}

/// One instance type. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceType {
    /// `m7i.large`
    pub(crate) instance_type: String,
    /// The virtual CPUs that it has unless told otherwise.
    pub(crate) vcpus: Option<i32>,
    /// Memory in MiB.
    pub(crate) memory: Option<i64>,
    /// In AWS's words: `Up to 12.5 Gigabit`.
    pub(crate) network_performance: Option<String>,
}

impl Source for Ec2InstanceTypes {
    const NAME: &'static str = "ec2-instance-types";
    const SUMMARY: &'static str = "Instance types with their CPUs, memory and network";
    const PATH: &'static str = "/ec2/instance-types";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_hours(24));
    const SCOPE: ScopeRule = ScopeRule::Region;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_INSTANCE_TYPES];
    const LIST: Option<ListShape> = Some(ListShape { member: "instanceTypes", id: "instanceType" });

    type Answer = InstanceTypesAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<InstanceTypesAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_INSTANCE_TYPES)?);
        let pages = ec2.describe_instance_types().into_paginator().page_size(PAGE_SIZE);
        let types = every_page(DESCRIBE_INSTANCE_TYPES, pages.send(), |page| (page.next_token, page.instance_types));
        let types = types.await?.into_iter().map(instance_type);
        let mut instance_types = types.collect::<Result<Vec<_>, _>>()?;
        instance_types.sort_by(|a, b| a.instance_type.cmp(&b.instance_type));
        Ok(InstanceTypesAnswer { instance_types })
    }
}

fn instance_type(info: InstanceTypeInfo) -> Result<InstanceType, FetchError> {
    let name = info.instance_type.ok_or_else(|| FetchError::without(DESCRIBE_INSTANCE_TYPES, "instanceType"))?;
    Ok(InstanceType {
        // Also the name of a type that is younger than the SDK.
        instance_type: name.as_str().to_owned(),
        vcpus: info.v_cpu_info.and_then(|cpu| cpu.default_v_cpus),
        memory: info.memory_info.and_then(|memory| memory.size_in_mib),
        network_performance: info.network_info.and_then(|network| network.network_performance),
    })
}

#[cfg(test)]
mod tests;
