use futures::future::join_all;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, Reply};
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

const PATH: &str = "/ec2/subnets?region=us-east-1";
const OPERATION: &str = "ec2:DescribeSubnets";
const CLIENTS: usize = 200;

/// The variables of a process whose AWS keeps everybody waiting until the relay leads to it.
fn env(cloud: &Cloud, aws: &Relay, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let (url, account) = (aws.url(), cloud.account(FIRST).id().to_string());
    let ours = [("AWS_ENDPOINT_URL", url.as_str()), ("LARDER_ACCOUNT_ID", account.as_str())];
    cloud.env(FIRST, &[&ours, more].concat())
}

/// All ask before AWS answers anybody, and all get the same whole answer of one fetch.
async fn check(cloud: &Cloud, aws: &Relay, asking: impl Future<Output = Vec<Reply>>) -> Vec<Reply> {
    let answering = async {
        aws.arrived().await;
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

/// 200 clients of one process; at a window of 0 each of them needs a look of its own at what it joined.
async fn check_one_process(store: &str, more: &[(&'static str, &str)]) {
    for window in ["2000", "0"] {
        let (cloud, aws) = (Cloud::start().await, Relay::held().await);
        let more = [more, &[("LARDER_COHERENCE_WINDOW_MS", window)]].concat();
        let door = Door::serve(&["--store", store], &env(&cloud, &aws, &more)).await;
        let asking = join_all((0..CLIENTS).map(|_| door.get(PATH)));
        let replies = check(&cloud, &aws, asking).await;
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
    check(&cloud, &aws, asking).await;
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

/// A container takes one request at a time, so that as many containers ask at once as there are requests.
#[tokio::test(flavor = "multi_thread")]
async fn by_containers_on_dynamodb() {
    let (table, endpoint) = table().await;
    let (cloud, aws) = (Cloud::start().await, Relay::held().await);
    let env = env(&cloud, &aws, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &table)]);
    let containers = join_all((0..5).map(|_| Door::function(&env))).await;
    check(&cloud, &aws, join_all(containers.iter().map(|container| container.get(PATH)))).await;
}
