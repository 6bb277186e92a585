use futures::future::join_all;
use larder_tests::wait_until;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, Reply};
use crate::faulty_dynamodb::FaultyDynamoDb;
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

const PATH: &str = "/ec2/subnets?region=us-east-1";
const OPERATION: &str = "ec2:DescribeSubnets";
const CLIENTS: usize = 200;
const CONTAINERS: usize = 8;

/// The variables of a process whose AWS keeps everybody waiting until the relay leads to it.
fn env(cloud: &Cloud, aws: &Relay, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let (url, account) = (aws.url(), cloud.account(FIRST).id().to_string());
    let ours = [("AWS_ENDPOINT_URL", url.as_str()), ("LARDER_ACCOUNT_ID", account.as_str())];
    cloud.env(FIRST, &[&ours, more].concat())
}

/// All have found nothing before AWS answers anybody, and all get the same whole answer of one fetch.
async fn check(
    cloud: &Cloud,
    aws: &Relay,
    asking: impl Future<Output = Vec<Reply>>,
    all_missed: impl AsyncFn() -> bool,
) -> Vec<Reply> {
    let answering = async {
        let missed = async || Ok(all_missed().await.then_some(()));
        wait_until("nobody finds anything", missed).await.expect("all ask");
        aws.lead_to(&cloud.standin.url());
    };
    let (replies, ()) = tokio::join!(asking, answering);
    for reply in &replies {
        assert_eq!((reply.status, &reply.text), (200, &replies[0].text), "{reply:?}");
    }
    assert!(replies[0].json()["subnets"].as_array().is_some_and(|subnets| !subnets.is_empty()), "{:?}", replies[0]);
    assert_eq!(cloud.standin.call_count(OPERATION), 1, "of {} clients", replies.len());
    replies
}

/// How many requests to a process have found nothing and wait: for AWS, for another process, or for one of the two.
async fn waiting(door: &Door) -> u64 {
    let stats = door.get("/cache/stats").await.json();
    let leading = stats["dataTypes"]["ec2-subnets"]["store"]["misses"].as_u64().unwrap_or_default();
    leading + stats["events"]["collapsed"].as_u64().expect("a counter")
}

/// 200 clients of one process; at a window of 0 each of them needs a look of its own at what it joined.
async fn check_one_process(store: &str, more: &[(&'static str, &str)]) {
    for window in ["2000", "0"] {
        let (cloud, aws) = (Cloud::start().await, Relay::held().await);
        let more = [more, &[("LARDER_COHERENCE_WINDOW_MS", window)]].concat();
        let door = Door::serve(&["--store", store], &env(&cloud, &aws, &more)).await;
        let asking = join_all((0..CLIENTS).map(|_| door.get(PATH)));
        let replies = check(&cloud, &aws, asking, async || waiting(&door).await == CLIENTS as u64).await;
        let upstream = replies.iter().filter(|reply| reply.cache_status().contains("stored; ttl=")).count();
        assert_eq!(upstream, 1, "one says that it fetched, the others that they joined or hit");
        // For the next window the key must be cold again.
        assert_eq!(door.invalidate("{}").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_one_process_on_sqlite() {
    check_one_process(&SqliteFile::new().store(), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_one_process_on_dynamodb() {
    let (table, endpoint) = table().await;
    check_one_process(&format!("dynamodb:{table}"), &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]).await;
}

/// Two processes with half of the clients each: the lease lets one of them fetch.
async fn check_two_processes(store: &str, more: &[(&'static str, &str)]) {
    let (cloud, aws) = (Cloud::start().await, Relay::held().await);
    let env = env(&cloud, &aws, more);
    let doors = [Door::serve(&["--store", store], &env).await, Door::serve(&["--store", store], &env).await];
    let asking = join_all((0..CLIENTS).map(|number| doors[number % 2].get(PATH)));
    let all_wait = async || waiting(&doors[0]).await + waiting(&doors[1]).await == CLIENTS as u64;
    check(&cloud, &aws, asking, all_wait).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_two_processes_on_sqlite() {
    check_two_processes(&SqliteFile::new().store(), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_two_processes_on_dynamodb() {
    let (table, endpoint) = table().await;
    check_two_processes(&format!("dynamodb:{table}"), &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]).await;
}

/// A container takes one request at a time, so that as many are asked at once as there are containers, and the others
/// queue. None can be asked how it is meanwhile: that its look found nothing is known by its asking for the lease.
#[tokio::test(flavor = "multi_thread")]
async fn by_containers_on_dynamodb() {
    let (table, endpoint) = table().await;
    let (cloud, aws) = (Cloud::start().await, Relay::held().await);
    let stores = join_all((0..CONTAINERS).map(|_| FaultyDynamoDb::before(endpoint))).await;
    let containers = join_all(stores.iter().map(async |store| {
        Door::function(&env(&cloud, &aws, &[("AWS_ENDPOINT_URL_DYNAMODB", store.url()), ("CACHE_TABLE_NAME", &table)]))
            .await
    }));
    let containers = containers.await;
    let asking = join_all((0..CLIENTS).map(|number| containers[number % CONTAINERS].get(PATH)));
    let all_ask_for_the_lease = async || stores.iter().all(|store| store.called("PutItem") >= 1);
    check(&cloud, &aws, asking, all_ask_for_the_lease).await;
}
