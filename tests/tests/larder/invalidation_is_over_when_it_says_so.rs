use larder_standin::Account;

use crate::cloud::{Cloud, FIRST, SECOND, table};
use crate::door::Door;

/// One thing that can be cached: what it is asked for, and what its scope has.
#[derive(Clone, Copy, Debug)]
struct Entry {
    data_type: &'static str,
    path: &'static str,
    region: &'static str,
    global: bool,
}

const fn entry(data_type: &'static str, path: &'static str, region: &'static str, global: bool) -> Entry {
    Entry { data_type, path, region, global }
}

const ENTRIES: [Entry; 5] = [
    entry("drs-quotas", "/drs/quotas?region=us-east-1", "us-east-1", false),
    entry("ec2-subnets", "/ec2/subnets?region=us-east-1", "us-east-1", false),
    entry("ec2-subnets", "/ec2/subnets?region=us-west-2", "us-west-2", false),
    entry("ec2-instance-types", "/ec2/instance-types?region=us-east-1", "us-east-1", true),
    entry("ec2-instance-types", "/ec2/instance-types?region=us-west-2", "us-west-2", true),
];

/// A process, and whose entries it reads.
struct Process {
    door: Door,
    account: Account,
}

/// Two processes of the first account and one of the second, on one table, with a strict window.
async fn processes(cloud: &Cloud) -> [Process; 3] {
    let (table, endpoint) = table().await;
    let more =
        [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table), ("LARDER_COHERENCE_WINDOW_MS", "0")];
    let open = async |account| Process {
        door: Door::function(&cloud.env(account, &more)).await,
        account: cloud.account(account),
    };
    [open(FIRST).await, open(FIRST).await, open(SECOND).await]
}

/// Every entry is in the memory of every process; after one of them has invalidated, exactly those that match are gone
/// from all of them, at once.
async fn check(processes: &[Process], data_type: Option<&str>, region: Option<&str>, account: Option<&str>) {
    for process in processes {
        for entry in &ENTRIES {
            assert_eq!(process.door.get(entry.path).await.status, 200);
            let hit = process.door.cached(entry.path).await;
            assert!(hit.cache_status().contains("detail=memory"), "{entry:?}: {hit:?}");
        }
    }
    let mut body = serde_json::Map::new();
    for (name, value) in [("dataType", data_type), ("region", region), ("accountId", account)] {
        body.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    let invalidated = processes[0].door.invalidate(&serde_json::Value::from(body.clone()).to_string()).await;
    assert_eq!(invalidated.status, 200, "{invalidated:?}");
    assert_eq!(invalidated.json()["message"], "Cache invalidated");
    assert_eq!(invalidated.json()["effectiveWithinMs"], 0);
    for (number, process) in processes.iter().enumerate() {
        for entry in &ENTRIES {
            let dies = data_type.is_none_or(|asked| asked == entry.data_type)
                && region.is_none_or(|asked| asked == entry.region)
                && account.is_none_or(|asked| entry.global || asked == process.account.id().to_string());
            let reply = process.door.cached(entry.path).await;
            let expected = if dies { 504 } else { 200 };
            assert_eq!(reply.status, expected, "process {number}, {entry:?} after {body:?}: {reply:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_8_combinations_kills_exactly_what_matches() {
    let cloud = Cloud::start().await;
    let processes = processes(&cloud).await;
    let account = cloud.account(FIRST).id().to_string();
    for data_type in [None, Some("ec2-subnets")] {
        for region in [None, Some("us-east-1")] {
            for account in [None, Some(&*account)] {
                check(&processes, data_type, region, account).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_deletes_what_it_killed_and_the_next_request_fetches() {
    let cloud = Cloud::start().await;
    let processes = processes(&cloud).await;
    let door = &processes[1].door;
    for entry in &ENTRIES {
        door.get(entry.path).await;
    }
    let purged = processes[0].door.invalidate(r#"{"dataType": "ec2-subnets", "purge": true}"#).await;
    assert_eq!(purged.json()["purged"], 2, "{purged:?}");
    let calls = cloud.standin.call_count("ec2:DescribeSubnets");
    let again = door.get("/ec2/subnets?region=us-east-1").await;
    assert!(again.cache_status().contains("fwd=miss"), "{again:?}");
    assert!(cloud.standin.call_count("ec2:DescribeSubnets") > calls);
}
