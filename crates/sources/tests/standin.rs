//! The three data types through the real SDK and a socket, against the generated fleet of the stand-in.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use larder_sources::{AccountId, Aws, FailureKind, FetchError, Region, Scope, data_type};
use larder_standin::{Account, Config, Handle, JobStatus, ReplicationState, Standin};
use serde_json::{Value, json};

async fn standin() -> Handle {
    Standin::start(Config::default()).await.expect("a free port")
}

fn aws(url: String, account: &Account) -> Aws {
    let credentials = Credentials::new(account.access_key_id(), account.secret_access_key(), None, None, "standin");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url);
    Aws::new(config.build())
}

async fn fetch(aws: &Aws, name: &str, region: &str, account: &Account) -> Result<Value, FetchError> {
    let scope = Scope { region: Region::parse(region), account: AccountId::parse(account.id().as_str()) };
    let json = data_type(name).expect("a row").fetch(aws, &scope).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

#[tokio::test]
async fn the_identity_is_the_account_of_the_credentials() {
    let standin = standin().await;
    for account in standin.fleet().accounts() {
        let identity = aws(standin.url(), account).identity(None).await.expect("an identity");
        assert_eq!(identity.as_str(), account.id().as_str());
    }
}

#[tokio::test]
async fn every_subnet_of_the_fleet_comes_out() {
    let standin = standin().await;
    let mut counted = 0;
    for account in standin.fleet().accounts() {
        let aws = aws(standin.url(), account);
        for region in standin.fleet().regions() {
            let mut expected: Vec<_> = standin.fleet().subnets(account.id(), region).iter().collect();
            expected.sort_by(|a, b| a.id.cmp(&b.id));
            counted += expected.len();
            let expected = expected.into_iter().map(|subnet| {
                json!({"subnetId": subnet.id, "vpcId": subnet.vpc_id, "cidrBlock": subnet.cidr_block,
                    "availabilityZone": subnet.availability_zone,
                    "tags": subnet.tags.iter().cloned().collect::<std::collections::BTreeMap<_, _>>()})
            });
            let answer = fetch(&aws, "ec2-subnets", region, account).await.expect("an answer");
            assert_eq!(answer, json!({"subnets": expected.collect::<Vec<_>>()}));
        }
    }
    assert!(counted > 100, "a fleet of {counted} subnets proves little");
}

#[tokio::test]
async fn every_instance_type_of_a_region_comes_out() {
    let standin = standin().await;
    let account = &standin.fleet().accounts()[0];
    let aws = aws(standin.url(), account);
    for region in standin.fleet().regions() {
        let mut expected = standin.fleet().instance_types(region);
        expected.sort_by(|a, b| a.instance_type.cmp(&b.instance_type));
        assert!(expected.len() > 100, "one page");
        let expected = expected.iter().map(|info| {
            json!({"instanceType": info.instance_type, "vcpus": info.default_vcpus, "memory": info.memory_mib,
                "networkPerformance": info.network_performance})
        });
        let answer = fetch(&aws, "ec2-instance-types", region, account).await.expect("an answer");
        assert_eq!(answer, json!({"instanceTypes": expected.collect::<Vec<_>>()}));
    }
}

#[tokio::test]
async fn quotas_are_what_the_fleet_uses_of_them() {
    let standin = standin().await;
    let (mut initialized, mut silent) = (0, 0);
    for account in standin.fleet().accounts() {
        let aws = aws(standin.url(), account);
        for region in standin.fleet().regions() {
            let answer = fetch(&aws, "drs-quotas", region, account).await.expect("an answer");
            assert_eq!(answer["accountId"], account.id().as_str());
            assert_eq!(answer["region"], *region);
            let expected = counts(&standin, account, region);
            match expected {
                Some(_) => initialized += 1,
                None => silent += 1,
            }
            let counted = ["replicatingServers", "totalSourceServers", "concurrentJobs", "serversInJobs"]
                .map(|count| answer[count].as_u64().map(|count| usize::try_from(count).expect("a count")));
            assert_eq!(counted, expected.map_or([None; 4], |counts| counts.map(Some)), "{region}");
            let uninitialized = answer["status"] == "NOT_INITIALIZED";
            assert_eq!(uninitialized, expected.is_none(), "{region}");
            assert_limits(&standin, account, region, &answer);
        }
    }
    assert!(initialized > 1 && silent > 0, "the fleet has regions with and without DRS");
}

fn counts(standin: &Handle, account: &Account, region: &str) -> Option<[usize; 4]> {
    let servers = standin.fleet().source_servers(account.id(), region)?;
    let jobs = standin.fleet().jobs(account.id(), region)?;
    let replicating = servers.iter().filter(|server| {
        let elsewhere = server.extension.as_ref().is_some_and(|from| from.staging_account_id != *account.id());
        ReplicationState::REPLICATING.contains(&server.state) && !elsewhere
    });
    let jobs = jobs.iter().filter(|job| matches!(job.status, JobStatus::Pending | JobStatus::Started));
    let in_jobs = jobs.clone().map(|job| job.participating_servers.len()).sum();
    Some([replicating.count(), servers.len(), jobs.count(), in_jobs])
}

fn assert_limits(standin: &Handle, account: &Account, region: &str, answer: &Value) {
    let applied = standin.fleet().quotas(account.id(), region);
    let defaults = standin.fleet().default_quotas();
    for (limit, code) in [
        ("replicatingServers", "L-C1D14A2B"),
        ("sourceServers", "L-E28BE5E0"),
        ("concurrentJobs", "L-D88FAC3A"),
        ("serversInAllJobs", "L-05AFA8C6"),
        ("serversPerJob", "L-B827C881"),
    ] {
        let applied = applied.iter().find(|quota| quota.code == code);
        let (quota, from) = match applied {
            Some(quota) => (quota, "service-quotas"),
            None => (defaults.iter().find(|quota| quota.code == code).expect("a default"), "default"),
        };
        assert_eq!(answer["limits"][limit].as_f64(), Some(quota.value), "{region} {code}");
        assert_eq!(answer["limitSource"][limit], from, "{region} {code}");
    }
    assert_eq!(answer["maxReplicatingServers"], answer["limits"]["replicatingServers"]);
}

#[tokio::test]
async fn credentials_that_aws_does_not_know_are_said_to_be_wrong() {
    let standin = standin().await;
    let account = &standin.fleet().accounts()[0];
    let unknown = Credentials::new("AKIAUNKNOWN", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(unknown))
        .endpoint_url(standin.url());
    let aws = Aws::new(config.build());
    for row in larder_sources::DATA_TYPES {
        let error = fetch(&aws, row.name, "us-east-1", account).await.expect_err("unknown key");
        assert_eq!(error.kind, FailureKind::Credentials, "{error}");
        assert!(row.iam_actions.contains(&&*error.operation), "{error}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_gone_is_unavailable() {
    let standin = standin().await;
    let account = standin.fleet().accounts()[0].clone();
    let aws = aws(standin.url(), &account);
    standin.stop().await;
    let error = fetch(&aws, "ec2-subnets", "us-east-1", &account).await.expect_err("nobody listens");
    assert_eq!(error.kind, FailureKind::Unavailable, "{error}");
}
