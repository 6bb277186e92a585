use crate::DataType;
use crate::drs_quotas::DrsQuotas;
use crate::ec2_instance_types::Ec2InstanceTypes;
use crate::ec2_subnets::Ec2Subnets;

/// Every data type, one row each, by name. Routes, lists, policies and documents read these rows.
pub static DATA_TYPES: &[DataType] =
    &[DataType::of::<DrsQuotas>(), DataType::of::<Ec2InstanceTypes>(), DataType::of::<Ec2Subnets>()];

/// The data type of that exact name.
#[must_use]
pub fn data_type(name: &str) -> Option<&'static DataType> {
    DATA_TYPES.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;
