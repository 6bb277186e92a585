use crate::DataType;
use crate::costs::Costs;
use crate::drs_accounts::DrsAccounts;
use crate::drs_quotas::DrsQuotas;
use crate::drs_source_servers::DrsSourceServers;
use crate::ec2_amis::Ec2Amis;
use crate::ec2_instance_profiles::Ec2InstanceProfiles;
use crate::ec2_instance_types::Ec2InstanceTypes;
use crate::ec2_instances::Ec2Instances;
use crate::ec2_regions::Ec2Regions;
use crate::ec2_security_groups::Ec2SecurityGroups;
use crate::ec2_snapshots::Ec2Snapshots;
use crate::ec2_subnets::Ec2Subnets;

/// Every data type, one row each, by name. Routes, lists, policies and documents read these rows.
pub static DATA_TYPES: &[DataType] = &[
    DataType::of::<Costs>(),
    DataType::of::<DrsAccounts>(),
    DataType::of::<DrsQuotas>(),
    DataType::of::<DrsSourceServers>(),
    DataType::of::<Ec2Amis>(),
    DataType::of::<Ec2InstanceProfiles>(),
    DataType::of::<Ec2InstanceTypes>(),
    DataType::of::<Ec2Instances>(),
    DataType::of::<Ec2Regions>(),
    DataType::of::<Ec2SecurityGroups>(),
    DataType::of::<Ec2Snapshots>(),
    DataType::of::<Ec2Subnets>(),
];

/// The data type of that exact name.
#[must_use]
pub fn data_type(name: &str) -> Option<&'static DataType> {
    DATA_TYPES.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;
