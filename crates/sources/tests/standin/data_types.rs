use std::collections::BTreeMap;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use larder_sources::{Aws, FailureKind, Region, usable_regions};
use larder_standin::{Account, Handle, IpPermission, JobStatus, ReplicationState, SecurityGroup, SourceServer};
use serde_json::{Value, json};

use crate::{aws, config, fetch, standin};

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
                    "tags": subnet.tags.iter().cloned().collect::<BTreeMap<_, _>>()})
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
async fn every_security_group_of_the_fleet_comes_out() {
    let standin = standin().await;
    let mut counted = 0;
    for account in standin.fleet().accounts() {
        let aws = aws(standin.url(), account);
        for region in standin.fleet().regions() {
            let mut expected: Vec<_> = standin.fleet().security_groups(account.id(), region).iter().collect();
            expected.sort_by(|a, b| a.id.cmp(&b.id));
            counted += expected.len();
            let expected = expected.into_iter().map(security_group);
            let answer = fetch(&aws, "ec2-security-groups", region, account).await.expect("an answer");
            assert_eq!(answer, json!({"securityGroups": expected.collect::<Vec<_>>()}));
        }
    }
    assert!(counted > 30, "a fleet of {counted} groups proves little");
}

fn security_group(group: &SecurityGroup) -> Value {
    json!({"groupId": group.id, "groupName": group.name, "description": group.description, "vpcId": group.vpc_id,
        "ingress": rules(&group.ingress), "egress": rules(&group.egress),
        "tags": group.tags.iter().cloned().collect::<BTreeMap<_, _>>()})
}

fn rules(permissions: &[IpPermission]) -> Vec<Value> {
    let mut permissions: Vec<_> = permissions.iter().collect();
    permissions.sort_by_key(|permission| (permission.protocol, permission.ports));
    let rules = permissions.into_iter().map(|permission| {
        let ports = match permission.ports {
            None | Some((-1, -1)) => "all".to_owned(),
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}-{last}"),
        };
        let v4 = permission.ipv4.iter().map(|(block, _)| block);
        let mut cidrs: Vec<_> = v4.chain(&permission.ipv6).collect();
        cidrs.sort();
        json!({"protocol": permission.protocol.replace("-1", "all"), "ports": ports, "cidrs": cidrs,
            "prefixLists": permission.prefix_lists, "groups": permission.groups})
    });
    rules.collect()
}

#[tokio::test]
async fn every_instance_profile_of_the_fleet_comes_out() {
    let standin = standin().await;
    let mut most = 0;
    for account in standin.fleet().accounts() {
        let mut expected: Vec<_> = standin.fleet().instance_profiles(account.id()).iter().collect();
        expected.sort_by(|a, b| a.id.cmp(&b.id));
        most = most.max(expected.len());
        let expected = expected.into_iter().map(|profile| {
            let roles: Vec<_> = profile.role.iter().map(|role| &role.name).collect();
            json!({"instanceProfileId": profile.id, "name": profile.name, "arn": profile.arn, "path": profile.path,
                "roles": roles, "created": profile.created.to_string()})
        });
        let aws = aws(standin.url(), account);
        let answer = fetch(&aws, "ec2-instance-profiles", "", account).await.expect("an answer");
        assert_eq!(answer, json!({"instanceProfiles": expected.collect::<Vec<_>>()}));
    }
    assert!(most > 10, "{most} profiles prove little");
}

#[tokio::test]
async fn every_source_server_of_the_fleet_comes_out() {
    let standin = standin().await;
    let (mut counted, mut silent) = (0, 0);
    for account in standin.fleet().accounts() {
        let aws = aws(standin.url(), account);
        for region in standin.fleet().regions() {
            let answer = fetch(&aws, "drs-source-servers", region, account).await.expect("an answer");
            let Some(servers) = standin.fleet().source_servers(account.id(), region) else {
                assert_eq!(answer, json!({"sourceServers": [], "status": "NOT_INITIALIZED"}));
                silent += 1;
                continue;
            };
            let mut servers: Vec<_> = servers.iter().collect();
            servers.sort_by(|a, b| a.id.cmp(&b.id));
            counted += servers.len();
            let expected: Vec<_> = servers.into_iter().map(source_server).collect();
            assert_eq!(answer, json!({"sourceServers": expected, "status": "INITIALIZED"}), "{region}");
        }
    }
    assert!(counted > 300 && silent > 0, "{counted} servers and {silent} regions without DRS prove little");
}

fn source_server(server: &SourceServer) -> Value {
    let staging = server.extension.as_ref().map(|extension| extension.staging_account_id.as_str());
    let hostname = server.hostname.split('.').next();
    json!({"sourceServerId": server.id, "arn": server.arn, "hostname": hostname, "fqdn": server.hostname,
        "os": server.os, "cpuCores": server.cores, "ramBytes": server.ram_bytes, "recoveryInstanceId": null,
        "replicationState": server.state.as_str(),
        "lagDuration": (server.state == ReplicationState::Continuous).then_some("PT0S"),
        "lastLaunchResult": "NOT_STARTED",
        "lifeCycle": {"addedToServiceDateTime": server.added.to_string(), "firstByteDateTime": null,
            "lastSeenByServiceDateTime": server.last_seen.to_string(), "lastLaunch": null},
        "stagingAccountId": staging, "extended": staging.is_some(),
        "tags": {"Name": server.hostname, "Application": server.application, "Environment": server.environment}})
}

#[tokio::test]
async fn the_regions_that_an_account_may_use_are_those_of_the_fleet() {
    let standin = standin().await;
    let account = &standin.fleet().accounts()[0];
    let answer = fetch(&aws(standin.url(), account), "ec2-regions", "", account).await.expect("an answer");
    let usable = usable_regions(answer.to_string().as_bytes()).expect("it is one of ours");
    let mut expected = standin.fleet().regions().to_vec();
    expected.sort_unstable();
    assert_eq!(usable.known.into_iter().map(Region::name).collect::<Vec<_>>(), expected);
    let listed = answer["regions"].as_array().expect("a list");
    assert!(listed.iter().any(|region| region["optInStatus"] == "not-opted-in"), "{answer}");
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
    let config = config(standin.url(), account).into_builder();
    let config = config.credentials_provider(SharedCredentialsProvider::new(unknown));
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
