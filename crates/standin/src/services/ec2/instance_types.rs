use super::select::select;
use super::{Paging, answer, check_parameters};
use crate::fleet::InstanceType;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 100, ids: "InstanceType", set: "instanceTypeSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 10] = [
    "bare-metal",
    "burstable-performance-supported",
    "hypervisor",
    "instance-storage-supported",
    "instance-type",
    "memory-info.size-in-mib",
    "network-info.network-performance",
    "processor-info.supported-architecture",
    "vcpu-info.default-threads-per-core",
    "vcpu-info.default-vcpus",
];

/// `DescribeInstanceTypes`.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["InstanceType", "MaxResults", "NextToken"])?;
    let mut types = call.fleet.instance_types(call.region);
    let names = form.list("InstanceType");
    let missing: Vec<&str> =
        names.iter().filter(|name| types.iter().all(|it| it.instance_type != **name)).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("The following supplied instance types do not exist: [{}]", missing.join(", "));
        return Err(AwsError::new(400, "InvalidInstanceType", message));
    }
    types.retain(|it| names.is_empty() || names.contains(&it.instance_type));
    let types = select(types, &form.filters(), &FILTERS, filter_values)?;
    answer(call, form, &PAGING, &types, render)
}

/// How many types a page has that is asked for.
pub(crate) fn page_size(form: &Form) -> Result<usize, AwsError> {
    super::page_size(form, &PAGING)
}

fn filter_values(of: &InstanceType, name: &str) -> Vec<String> {
    let value = match name {
        "bare-metal" => of.bare_metal.to_string(),
        "burstable-performance-supported" => of.burstable_performance_supported.to_string(),
        "hypervisor" => return of.hypervisor.iter().map(ToString::to_string).collect(),
        "instance-storage-supported" => of.instance_storage_supported.to_string(),
        "memory-info.size-in-mib" => of.memory_mib.to_string(),
        "network-info.network-performance" => of.network_performance.clone(),
        "processor-info.supported-architecture" => of.architecture.to_owned(),
        "vcpu-info.default-threads-per-core" => of.default_threads_per_core.to_string(),
        "vcpu-info.default-vcpus" => of.default_vcpus.to_string(),
        _ => of.instance_type.clone(),
    };
    vec![value]
}

fn render(of: &InstanceType) -> Vec<Element> {
    let cores = of.default_vcpus.div_ceil(of.default_threads_per_core);
    let processor =
        [Element::values("supportedArchitectures", [of.architecture]), Element::text("manufacturer", of.manufacturer)];
    let vcpus = [
        Element::text("defaultVCpus", of.default_vcpus),
        Element::text("defaultCores", cores),
        Element::text("defaultThreadsPerCore", of.default_threads_per_core),
    ];
    let mut members = vec![
        Element::text("instanceType", &of.instance_type),
        Element::values("supportedUsageClasses", ["on-demand", "spot"]),
        Element::values("supportedRootDeviceTypes", ["ebs"]),
        Element::values("supportedVirtualizationTypes", ["hvm"]),
        Element::text("bareMetal", of.bare_metal),
    ];
    members.extend(of.hypervisor.map(|name| Element::text("hypervisor", name)));
    members.extend([
        Element::of("processorInfo", processor),
        Element::of("vCpuInfo", vcpus),
        Element::of("memoryInfo", [Element::text("sizeInMiB", of.memory_mib)]),
        Element::text("instanceStorageSupported", of.instance_storage_supported),
        Element::of("networkInfo", [Element::text("networkPerformance", &of.network_performance)]),
        Element::text("burstablePerformanceSupported", of.burstable_performance_supported),
    ]);
    members
}
