use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::Value;

use crate::caller::Caller;
use crate::costs::Costs;
use crate::fleet::{Account, Fleet};
use crate::lives::{Delivery, Lives};
use crate::lookup_rate::LookupRate;
use crate::paging::Pages;
use crate::request::Form;
use crate::services::{cloudtrail, cost_explorer, drs, ec2, iam, service_quotas, sts};
use crate::sessions::Sessions;
use crate::wire::{AwsError, Element, Protocol};

/// A service that the stand-in serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Drs,
    Quotas,
    Ec2,
    Iam,
    Sts,
    CloudTrail,
    CostExplorer,
}

impl Service {
    pub(crate) const ALL: [Self; 7] =
        [Self::Drs, Self::Quotas, Self::Ec2, Self::Iam, Self::Sts, Self::CloudTrail, Self::CostExplorer];

    /// The service's name in a credential scope and before the colon of an IAM action.
    pub(crate) const fn signing_name(self) -> &'static str {
        match self {
            Self::Drs => "drs",
            Self::Quotas => "servicequotas",
            Self::Ec2 => "ec2",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::CloudTrail => "cloudtrail",
            Self::CostExplorer => "ce",
        }
    }

    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Drs => Protocol::RestJson,
            Self::Quotas | Self::CloudTrail | Self::CostExplorer => Protocol::Json,
            Self::Ec2 => Protocol::Ec2,
            Self::Iam => Protocol::IAM,
            Self::Sts => Protocol::STS,
        }
    }

    /// The one region that a service without regions is signed for.
    pub(crate) const fn only_region(self) -> Option<&'static str> {
        match self {
            Self::Iam | Self::CostExplorer => Some("us-east-1"),
            Self::Drs | Self::Quotas | Self::Ec2 | Self::Sts | Self::CloudTrail => None,
        }
    }
}

/// Who calls what, where: all that an answer may depend on besides its parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) caller: &'a Caller<'a>,
    /// The caller's.
    pub(crate) account: &'a Account,
    pub(crate) region: &'static str,
    pub(crate) pages: Pages,
    /// The value of the tag that tells which call it is.
    pub(crate) tag: Option<&'a str>,
    pub(crate) fleet: &'a Fleet,
    pub(crate) lives: &'a Lives,
    pub(crate) costs: &'a Costs,
    pub(crate) delivery: Delivery,
    pub(crate) lookup_rate: LookupRate,
    /// How many calls of the operation there were of the account in the region within a second, this one too.
    pub(crate) within_a_second: u64,
    pub(crate) sessions: &'a Sessions,
    pub(crate) now: Timestamp,
}

/// Computes an answer's members from a call and its parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Json(fn(&Call, Value) -> Result<Value, AwsError>),
    Xml(fn(&Call, &Form) -> Result<Vec<Element>, AwsError>),
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    /// What AWS takes for it, in milliseconds.
    pub(crate) latency: RangeInclusive<u64>,
    pub(crate) answer: Answer,
}

impl Operation {
    pub(crate) fn find(service: Service, name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.service == service && operation.name == name)
    }

    /// The operation as an IAM action: `ec2:DescribeSubnets`.
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", self.service.signing_name(), self.name)
    }
}

const fn json(
    service: Service,
    name: &'static str,
    latency: RangeInclusive<u64>,
    answer: fn(&Call, Value) -> Result<Value, AwsError>,
) -> Operation {
    Operation { service, name, latency, answer: Answer::Json(answer) }
}

const fn xml(
    service: Service,
    name: &'static str,
    latency: RangeInclusive<u64>,
    answer: fn(&Call, &Form) -> Result<Vec<Element>, AwsError>,
) -> Operation {
    Operation { service, name, latency, answer: Answer::Xml(answer) }
}

/// Every operation that the stand-in knows.
pub(crate) static OPERATIONS: &[Operation] = {
    use Service::{CloudTrail, CostExplorer, Drs, Ec2, Iam, Quotas, Sts};
    &[
        json(Drs, "DescribeSourceServers", 180..=400, drs::describe_source_servers),
        json(Drs, "DescribeJobs", 160..=380, drs::describe_jobs),
        json(Quotas, "ListServiceQuotas", 110..=260, service_quotas::list_applied),
        json(Quotas, "GetServiceQuota", 90..=220, service_quotas::get_applied),
        json(Quotas, "ListAWSDefaultServiceQuotas", 110..=260, service_quotas::list_defaults),
        json(Quotas, "GetAWSDefaultServiceQuota", 90..=220, service_quotas::get_default),
        xml(Ec2, "DescribeSubnets", 120..=300, ec2::subnets::describe),
        xml(Ec2, "DescribeInstanceTypes", 140..=340, ec2::instance_types::describe),
        xml(Ec2, "DescribeRegions", 90..=200, ec2::regions::describe),
        xml(Ec2, "DescribeSecurityGroups", 120..=320, ec2::security_groups::describe),
        xml(Ec2, "DescribeInstances", 150..=380, ec2::instances::describe),
        xml(Ec2, "DescribeVolumes", 140..=340, ec2::volumes::describe),
        xml(Ec2, "DescribeSnapshots", 150..=380, ec2::snapshots::describe),
        xml(Ec2, "DescribeImages", 130..=320, ec2::images::describe),
        xml(Iam, "ListInstanceProfiles", 110..=280, iam::list_instance_profiles),
        xml(Sts, "AssumeRole", 90..=200, sts::assume_role),
        xml(Sts, "GetCallerIdentity", 80..=140, sts::get_caller_identity),
        json(CloudTrail, "LookupEvents", 180..=400, cloudtrail::lookup_events),
        json(CostExplorer, "GetCostAndUsage", 180..=400, cost_explorer::get_cost_and_usage),
    ]
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_are_distinct_and_every_service_has_one() {
        let actions: BTreeSet<String> = OPERATIONS.iter().map(Operation::action).collect();
        assert_eq!(actions.len(), OPERATIONS.len());
        for service in Service::ALL {
            assert!(OPERATIONS.iter().any(|it| it.service == service), "{service:?}");
        }
    }

    #[test]
    fn an_answer_speaks_its_service_s_protocol() {
        for operation in OPERATIONS {
            let json = matches!(operation.answer, Answer::Json(_));
            let protocol = operation.service.protocol();
            assert_eq!(json, matches!(protocol, Protocol::RestJson | Protocol::Json), "{}", operation.name);
            assert!(*operation.latency.start() >= 80 && *operation.latency.end() <= 400);
        }
    }
}
