//! EC2 as moto answers it: AWS's own 1,395 instance types over a socket, in one answer since moto ignores paging.

use std::collections::BTreeMap;
use std::fs::File;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use flate2::read::GzDecoder;
use larder_sources::{Aws, Region, Scope, data_type};
use larder_tests::Moto;
use serde_json::{Value, json};

fn aws(moto: &Moto) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "moto");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(moto.endpoint_url());
    Aws::new(config.build())
}

async fn fetch(aws: &Aws, name: &str) -> Value {
    let row = data_type(name).expect("a row");
    let account = aws.identity(None).await.expect("an identity");
    let scope = Scope { region: Region::parse("us-east-1"), account: row.scope.has_account().then_some(account) };
    let json = row.fetch(aws, &scope).await.expect("an answer");
    serde_json::from_slice(&json).expect("JSON")
}

#[tokio::test]
async fn all_instance_types_of_aws_come_out() {
    let Some(data) = larder_tests::real_data() else { return };
    let file = File::open(data.join("aws-responses/moto/instance_types.json.gz")).expect("recorded instance types");
    let recorded: BTreeMap<String, Value> = serde_json::from_reader(GzDecoder::new(file)).expect("JSON");
    assert_eq!(recorded.len(), 1_395);
    let expected = recorded.values().map(|info| {
        json!({
            "instanceType": info["InstanceType"],
            "vcpus": info["VCpuInfo"]["DefaultVCpus"],
            "memory": info["MemoryInfo"]["SizeInMiB"],
            "networkPerformance": info["NetworkInfo"]["NetworkPerformance"],
        })
    });
    let expected = json!({"instanceTypes": expected.collect::<Vec<_>>()});

    let moto = Moto::start().await.expect("moto is installed");
    let answer = fetch(&aws(&moto), "ec2-instance-types").await;
    let names = |answer: &Value| -> Vec<String> {
        let types = answer["instanceTypes"].as_array().expect("a list");
        types.iter().map(|info| info["instanceType"].to_string()).collect()
    };
    assert_eq!(names(&answer), names(&expected));
    assert!(answer == expected, "a type differs in its CPUs, memory or network");
}

#[tokio::test]
async fn the_subnets_of_the_default_vpc_come_out() {
    let moto = Moto::start().await.expect("moto is installed");
    let answer = fetch(&aws(&moto), "ec2-subnets").await;
    let subnets = answer["subnets"].as_array().expect("a list");
    let zones: Vec<_> = subnets.iter().map(|subnet| subnet["availabilityZone"].as_str()).collect();
    for zone in ["us-east-1a", "us-east-1b", "us-east-1c"] {
        assert!(zones.contains(&Some(zone)), "{answer}");
    }
    assert!(subnets.iter().all(|subnet| subnet["cidrBlock"].as_str().is_some_and(|range| range.ends_with("/20"))));
    assert!(subnets.is_sorted_by_key(|subnet| subnet["subnetId"].as_str()));
}
