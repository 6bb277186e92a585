//! EC2, IAM and STS as moto answers them, over a socket and in one answer since moto ignores paging.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::types::{IpPermission, IpRange, UserIdGroupPair};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use flate2::read::GzDecoder;
use larder_sources::{
    AccountEntry, AccountId, Accounts, Aws, ConfiguredAccounts, Region, Scope, data_type, usable_regions,
};
use larder_tests::Moto;
use serde_json::{Value, json};

fn aws(moto: &Moto) -> Aws {
    Aws::new(config(moto))
}

fn config(moto: &Moto) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "moto");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(moto.endpoint_url())
        .build()
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

#[tokio::test]
async fn a_security_group_comes_out_as_it_was_made() {
    let moto = Moto::start().await.expect("moto is installed");
    let aws = aws(&moto);
    let ec2 = aws.ec2(Region::parse("us-east-1").expect("a region"));
    let vpcs = ec2.describe_vpcs().send().await.expect("an answer").vpcs.unwrap_or_default();
    let vpc = vpcs[0].vpc_id().expect("an id");
    let made = ec2.create_security_group().group_name("web").description("for the web").vpc_id(vpc).send().await;
    let made = made.expect("it is made");
    let group = made.group_id().expect("an id");
    let world = IpRange::builder().cidr_ip("0.0.0.0/0").description("everybody").build();
    let web = IpPermission::builder().ip_protocol("tcp").from_port(443).to_port(443).ip_ranges(world).build();
    let own = UserIdGroupPair::builder().group_id(group).build();
    let own = IpPermission::builder().ip_protocol("-1").user_id_group_pairs(own).build();
    let rules = ec2.authorize_security_group_ingress().group_id(group).ip_permissions(web).ip_permissions(own);
    rules.send().await.expect("they are made");
    let answer = fetch(&aws, "ec2-security-groups").await;
    let groups = answer["securityGroups"].as_array().expect("a list");
    let expected = json!({"groupId": group, "groupName": "web", "description": "for the web", "vpcId": vpc,
        "ingress": [
            {"protocol": "all", "ports": "all", "cidrs": [], "prefixLists": [], "groups": [group]},
            {"protocol": "tcp", "ports": "443", "cidrs": ["0.0.0.0/0"], "prefixLists": [], "groups": []},
        ],
        "egress": [{"protocol": "all", "ports": "all", "cidrs": ["0.0.0.0/0"], "prefixLists": [], "groups": []}],
        "tags": {}});
    assert!(groups.contains(&expected), "{answer}");
    assert!(groups.iter().any(|group| group["groupName"] == "default"), "{answer}");
}

#[tokio::test]
async fn an_instance_profile_comes_out_as_it_was_made() {
    let moto = Moto::start().await.expect("moto is installed");
    let aws = aws(&moto);
    let iam = aws.iam();
    iam.create_role().role_name("web-role").assume_role_policy_document("{}").send().await.expect("it is made");
    let made = iam.create_instance_profile().instance_profile_name("web").path("/team/").send().await;
    let made = made.expect("it is made").instance_profile.expect("it is told");
    let add = iam.add_role_to_instance_profile().instance_profile_name("web").role_name("web-role");
    add.send().await.expect("it is added");
    iam.create_instance_profile().instance_profile_name("bare").send().await.expect("it is made");
    let answer = fetch(&aws, "ec2-instance-profiles").await;
    let profiles = answer["instanceProfiles"].as_array().expect("a list");
    assert_eq!(profiles.len(), 2, "{answer}");
    let web = profiles.iter().find(|profile| profile["name"] == "web").expect("it came out");
    let created = web["created"].as_str().expect("a moment");
    assert_eq!(DateTime::from_str(created, Format::DateTime).ok(), Some(made.create_date), "{answer}");
    let expected = json!({"instanceProfileId": made.instance_profile_id, "name": "web", "arn": made.arn,
        "path": "/team/", "roles": ["web-role"], "created": created});
    assert_eq!(*web, expected);
}

#[tokio::test]
async fn regions_come_out_and_most_may_be_used() {
    let moto = Moto::start().await.expect("moto is installed");
    let answer = fetch(&aws(&moto), "ec2-regions").await;
    let usable = usable_regions(answer.to_string().as_bytes()).expect("it is one of ours");
    let usable: Vec<_> = usable.known.into_iter().map(Region::name).collect();
    assert!(usable.len() > 15 && usable.contains(&"eu-west-1"), "{answer}");
}

/// moto believes in every role, and keeps the data of its account apart.
#[tokio::test]
async fn a_role_of_another_account_sees_that_account() {
    let moto = Moto::start().await.expect("moto is installed");
    let other = AccountId::parse("444455556666").expect("12 digits");
    let entry = AccountEntry {
        account_id: other.to_string(),
        role_arn: Some(format!("arn:aws:iam::{other}:role/larder-read")),
        external_id: Some("larder-6666".to_owned()),
        ..AccountEntry::default()
    };
    let registry = ConfiguredAccounts::new(vec![entry.try_into().expect("it is right")]).expect("it is one");
    let accounts = Accounts::new(config(&moto), Arc::new(registry));
    let aws = accounts.aws_of(&other, None).await.expect("it has a role");
    let made = aws.iam().create_instance_profile().instance_profile_name("theirs").send().await.expect("it is made");
    let arn = made.instance_profile.expect("it is told").arn;
    assert!(arn.contains("444455556666"), "{arn}");
    let theirs = fetch(&aws, "ec2-instance-profiles").await;
    assert_eq!(theirs["instanceProfiles"][0]["arn"], arn);
    let ours = fetch(&Aws::new(config(&moto)), "ec2-instance-profiles").await;
    assert_eq!(ours, json!({"instanceProfiles": []}));
}
