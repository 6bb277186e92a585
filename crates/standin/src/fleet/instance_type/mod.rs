mod families;

use families::{FAMILIES, Family, Processor};

/// An instance type, with the members of EC2's `InstanceTypeInfo` that the stand-in answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in EC2's InstanceTypeInfo")]
pub struct InstanceType {
    pub instance_type: String,
    pub bare_metal: bool,
    /// `nitro` or `xen`; absent for bare metal.
    pub hypervisor: Option<&'static str>,
    pub architecture: &'static str,
    pub manufacturer: &'static str,
    pub default_vcpus: u32,
    pub default_threads_per_core: u32,
    pub memory_mib: u32,
    pub instance_storage_supported: bool,
    pub burstable_performance_supported: bool,
    pub network_performance: String,
}

/// The families that the youngest regions of the fleet do not have yet.
const SCARCE: [&str; 3] = ["m8g", "c8g", "r8g"];
const WITHOUT_SCARCE: [&str; 2] = ["eu-central-1", "ap-southeast-2"];

/// The types that a region offers, by family and then by size.
pub(super) fn offered_in(region: &str) -> Vec<InstanceType> {
    let all = !WITHOUT_SCARCE.contains(&region);
    FAMILIES
        .iter()
        .filter(|family| all || !SCARCE.contains(&family.name))
        .flat_map(|family| (0..family.sizes.len()).map(|nth| instance_type(family, nth)))
        .collect()
}

fn instance_type(family: &Family, nth: usize) -> InstanceType {
    let size = family.sizes[nth];
    let bare_metal = size.starts_with("metal");
    let old = family.processor == Processor::IntelXen;
    let (manufacturer, architecture, threads) = match family.processor {
        Processor::Intel => ("Intel", "x86_64", 2),
        Processor::IntelXen => ("Intel", "x86_64", 1),
        Processor::Amd => ("AMD", "x86_64", 2),
        Processor::AmdSingle => ("AMD", "x86_64", 1),
        Processor::Graviton => ("AWS", "arm64", 1),
    };
    InstanceType {
        instance_type: format!("{}.{size}", family.name),
        bare_metal,
        hypervisor: (!bare_metal).then_some(if old { "xen" } else { "nitro" }),
        architecture,
        manufacturer,
        default_vcpus: family.vcpus(nth),
        default_threads_per_core: threads,
        memory_mib: family.memory_mib(nth),
        instance_storage_supported: family.name.ends_with('d'),
        burstable_performance_supported: family.name.starts_with('t'),
        network_performance: family.network_performance(nth),
    }
}
