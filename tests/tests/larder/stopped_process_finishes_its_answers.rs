use futures::future::join_all;
use larder_tests::wait_until;

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

/// Cached, and asked for again and again.
const CACHED: &str = "/ec2/subnets?region=us-east-1";
/// Not cached, and kept waiting by AWS: a data type each, by which it is known that they have come in.
const WAITING: [(&str, &str); 3] = [
    ("ec2-subnets", "/ec2/subnets?region=us-west-2"),
    ("ec2-security-groups", "/ec2/security-groups?region=us-east-1"),
    ("drs-quotas", "/drs/quotas?region=us-east-1"),
];
/// Few, so that they leave the processor to others.
const CLIENTS: usize = 4;

/// A process whose AWS answers nobody until the relay leads to it, with one answer in its store.
async fn open(cloud: &Cloud, aws: &Relay, file: &SqliteFile) -> Door {
    let store = file.store();
    let filled = Door::serve(&["--store", &store], &cloud.env(FIRST, &[])).await.get(CACHED).await;
    assert_eq!(filled.status, 200, "{filled:?}");
    let (url, account) = (aws.url(), cloud.account(FIRST).id().to_string());
    let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL", &url), ("LARDER_ACCOUNT_ID", &account)]);
    Door::serve(&["--store", &store], &env).await
}

/// Asks for the cached answer until no more are taken; how many came. Each that begins to come has to come whole.
async fn ask_until_refused(door: &Door) -> usize {
    let mut came = 0;
    while let Some(answer) = door.try_get(CACHED).await {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json()["subnets"].is_array(), "{answer:?}");
        came += 1;
    }
    came
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered_and_later_ones_are_refused() {
    let (cloud, aws, file) = (Cloud::start().await, Relay::held().await, SqliteFile::new());
    let door = open(&cloud, &aws, &file).await;
    let waiting = join_all(WAITING.iter().map(|(_, path)| door.get(path)));
    let load = join_all((0..CLIENTS).map(|_| ask_until_refused(&door)));
    let stop = async {
        let all_wait = async || {
            let stats = door.get("/cache/stats").await.json();
            let waits = |name: &str| stats["dataTypes"][name]["store"]["misses"].as_u64() == Some(1);
            Ok(WAITING.iter().all(|(data_type, _)| waits(data_type)).then_some(()))
        };
        wait_until("all of them wait for AWS", all_wait).await.expect("they ask");
        door.program().terminate().expect("it runs");
        let closed = async || Ok((!door.is_open().await).then_some(()));
        wait_until("it takes no new connections", closed).await.expect("it has heard");
        aws.lead_to(&cloud.standin.url());
    };
    let (waiting, came, ()) = tokio::join!(waiting, load, stop);
    for reply in waiting {
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json();
    }
    assert!(came.iter().all(|came| *came > 0), "{came:?}");
    let finished = door.into_program().finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    assert!(!finished.stderr.contains("cut off"), "{finished:?}");
}

/// AWS never answers: the program does not wait for it, and leaves a store that the next one can use.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_answered_in_time_is_cut_off() {
    let (cloud, aws, file) = (Cloud::start().await, Relay::held().await, SqliteFile::new());
    let door = open(&cloud, &aws, &file).await;
    let stop = async {
        aws.arrived().await;
        door.program().terminate().expect("it runs");
    };
    let (cut_off, ()) = tokio::join!(door.try_get(WAITING[0].1), stop);
    assert!(cut_off.is_none(), "{cut_off:?}");
    let finished = door.into_program().finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    assert!([finished.stdout, finished.stderr].concat().contains("cut off"));
    let next = Door::serve(&["--store", &file.store()], &cloud.env(FIRST, &[])).await.get(CACHED).await;
    assert!(next.cache_status().ends_with("detail=store"), "{}", next.cache_status());
}
