use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::*;

fn fleet() -> Fleet {
    Fleet::generate(1)
}

#[test]
fn a_fleet_follows_from_its_seed() {
    assert_eq!(fleet(), fleet());
    assert_ne!(fleet(), Fleet::generate(2));
}

#[test]
fn one_region_is_at_warning_and_every_state_occurs() {
    let fleet = fleet();
    let account = fleet.accounts()[0].id();
    let servers = fleet.source_servers(account, "us-east-1").expect("initialised");
    let replicating =
        servers.iter().filter(|it| it.extension.is_none() && ReplicationState::REPLICATING.contains(&it.state));
    // 75 % of 300 is where WARNING begins, 83 % where CRITICAL does.
    assert!((225..249).contains(&replicating.count()));
    let states: BTreeSet<_> = servers.iter().map(|it| it.state).collect();
    assert_eq!(states.len(), 10, "{states:?}");
}

#[test]
fn extended_servers_exist_in_their_staging_account() {
    let fleet = fleet();
    let [target, staging] = [0, 1].map(|nth| fleet.accounts()[nth].id());
    let staged = fleet.source_servers(staging, "us-east-1").expect("initialised");
    let servers = fleet.source_servers(target, "us-east-1").expect("initialised");
    let extended: Vec<_> = servers.iter().filter_map(|it| it.extension.as_ref()).collect();
    assert_eq!(extended.len(), 9);
    for extension in extended {
        assert_eq!(&extension.staging_account_id, staging);
        assert!(staged.iter().any(|it| it.arn == extension.staging_source_server_arn));
    }
}

#[test]
fn recovery_is_uninitialised_in_one_region_and_empty_in_another() {
    let fleet = fleet();
    let account = |nth: usize| fleet.accounts()[nth].id();
    assert!(fleet.source_servers(account(0), "eu-central-1").is_none());
    assert!(fleet.jobs(account(0), "eu-central-1").is_none());
    assert_eq!(fleet.source_servers(account(1), "eu-west-1"), Some(&[][..]));
}

#[test]
fn running_jobs_share_no_server_and_name_servers_that_exist() {
    let fleet = fleet();
    let account = fleet.accounts()[0].id();
    let servers = fleet.source_servers(account, "us-east-1").expect("initialised");
    let jobs = fleet.jobs(account, "us-east-1").expect("initialised");
    assert!(jobs.windows(2).all(|pair| pair[0].created > pair[1].created));
    let mut busy = BTreeSet::new();
    for job in jobs {
        assert!(!job.participating_servers.is_empty());
        for id in &job.participating_servers {
            assert!(servers.iter().any(|server| server.id == *id));
            assert!(job.status == JobStatus::Completed || busy.insert(id), "{id}");
        }
        assert_eq!(job.ended.is_some(), job.status == JobStatus::Completed);
    }
    for status in [JobStatus::Pending, JobStatus::Started, JobStatus::Completed] {
        assert!(jobs.iter().any(|job| job.status == status), "{status:?}");
    }
}

#[test]
fn subnets_lie_in_their_vpc_and_do_not_overlap() {
    let fleet = fleet();
    let mut all = 0;
    for account in fleet.accounts() {
        for region in fleet.regions() {
            let subnets = fleet.subnets(account.id(), region);
            all += subnets.len();
            let blocks: Vec<_> = subnets
                .iter()
                .filter_map(|it| Some((&it.vpc_id, range(it.cidr_block.as_ref()?), range(&it.vpc_cidr_block))))
                .collect();
            for (nth, (vpc, block, vpc_block)) in blocks.iter().enumerate() {
                assert!(vpc_block.0 <= block.0 && block.1 <= vpc_block.1);
                for (other_vpc, other, _) in &blocks[nth + 1..] {
                    assert!(vpc != other_vpc || block.1 < other.0 || other.1 < block.0);
                }
            }
        }
    }
    assert!(all > 400, "{all}");
    let first = fleet.subnets(fleet.accounts()[0].id(), "us-east-1");
    assert_eq!(first.iter().filter(|it| it.cidr_block.is_none()).count(), 1);
}

#[test]
fn security_groups_name_groups_of_their_own_vpc() {
    let fleet = fleet();
    for account in fleet.accounts() {
        for region in fleet.regions() {
            let vpcs: BTreeSet<_> = fleet.subnets(account.id(), region).iter().map(|it| &it.vpc_id).collect();
            let groups = fleet.security_groups(account.id(), region);
            assert_eq!(groups.iter().map(|it| &it.vpc_id).collect::<BTreeSet<_>>(), vpcs);
            assert_eq!(groups.iter().filter(|it| it.name == "default").count(), vpcs.len());
            for group in groups {
                let mut named = group.ingress.iter().flat_map(|permission| &permission.groups);
                assert!(named.all(|id| groups.iter().any(|it| it.id == *id && it.vpc_id == group.vpc_id)));
            }
        }
    }
}

#[test]
fn instance_profiles_have_distinct_ids() {
    let fleet = fleet();
    let all = fleet.accounts().iter().flat_map(|account| fleet.instance_profiles(account.id()));
    let ids: Vec<_> = all.flat_map(|it| [Some(&it.id), it.role.as_ref().map(|role| &role.id)]).flatten().collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(ids.len() > 400 && ids.iter().all(|id| id.len() == 21), "{ids:?}");
}

/// The first and last address of an IPv4 block, which must begin at its own boundary.
fn range(block: &str) -> (u32, u32) {
    let (address, prefix) = block.split_once('/').expect("a block");
    let address = u32::from(address.parse::<Ipv4Addr>().expect("an address"));
    let size = 1_u32 << (32 - prefix.parse::<u32>().expect("a prefix"));
    assert_eq!(address % size, 0, "{block}");
    (address, address + size - 1)
}
