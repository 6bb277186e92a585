use std::collections::BTreeSet;

use larder_tests::real_data;

use crate::ask::Asker;
use crate::model::gunzip;

#[tokio::test]
async fn instance_types_come_in_pages_of_a_hundred() {
    let asker = Asker::start().await;
    let (mut names, mut token, mut pages) = (BTreeSet::new(), None::<String>, 0);
    loop {
        let mut parameters = vec![("Action", "DescribeInstanceTypes")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = asker.ec2(&parameters).await.ok_xml();
        pages += 1;
        for item in &page.child("instanceTypeSet").children {
            assert!(names.insert(item.child("instanceType").text.clone()));
        }
        token = page.find("nextToken").map(|it| it.text.clone());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), asker.standin.fleet().instance_types("us-east-1").len());
    assert!(names.len() > 250 && pages == names.len().div_ceil(100), "{}", names.len());
    let elsewhere = asker.standin.fleet().instance_types("eu-central-1");
    assert!(elsewhere.len() < names.len());
}

#[tokio::test]
async fn sizes_are_those_of_real_instance_types() {
    let Some(data) = real_data() else { return };
    let real = gunzip(&data.join("aws-responses/moto/instance_types.json.gz"));
    let asker = Asker::start().await;
    for it in asker.standin.fleet().instance_types("us-east-1") {
        let name = &it.instance_type;
        let real = real.get(name).unwrap_or_else(|| panic!("{name} does not exist"));
        let vcpus = &real["VCpuInfo"];
        assert_eq!(vcpus["DefaultVCpus"], it.default_vcpus, "{name}");
        assert_eq!(vcpus["DefaultThreadsPerCore"], it.default_threads_per_core, "{name}");
        assert_eq!(real["MemoryInfo"]["SizeInMiB"], it.memory_mib, "{name}");
        assert_eq!(real["NetworkInfo"]["NetworkPerformance"], *it.network_performance, "{name}");
        let architectures = real["ProcessorInfo"]["SupportedArchitectures"].as_array();
        // The smallest of t2 run i386 besides.
        assert!(architectures.expect("a list").contains(&it.architecture.into()), "{name}");
        assert_eq!(real["ProcessorInfo"]["Manufacturer"], *it.manufacturer, "{name}");
        assert_eq!(real["InstanceStorageSupported"], it.instance_storage_supported, "{name}");
        assert_eq!(real.get("Hypervisor").and_then(|name| name.as_str()), it.hypervisor, "{name}");
        assert_eq!(real["BareMetal"], it.bare_metal, "{name}");
    }
}
