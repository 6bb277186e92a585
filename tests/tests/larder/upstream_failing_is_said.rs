use larder_app::DataType;

use crate::cloud::{Cloud, FIRST, asked_of_aws, question, stale_at_once, table};
use crate::door::{Door, Reply};
use crate::relay::Relay;

/// That the answer is an old one, and says what failed.
fn assert_stale(stale: &Reply, fresh: &Reply) {
    assert_eq!((stale.status, &stale.text), (200, &fresh.text), "{stale:?}");
    let status = stale.cache_status();
    assert!(status.contains("stale-if-error") && status.contains("fwd=stale"), "{status}");
    assert!(status.contains("UPSTREAM"), "{status}");
    let ttl = status.split("ttl=-").nth(1).expect("a ttl below zero");
    assert!(ttl.starts_with(|first: char| first.is_ascii_digit()), "{status}");
}

/// Fills and stops AWS: the same bytes come, marked as stale, with what failed.
async fn check(cloud: Cloud, door: Door, row: &DataType) {
    let path = question(row);
    let fresh = door.get(&path).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    cloud.standin.stop().await;
    assert_stale(&door.get(&path).await, &fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_serve() {
    for row in asked_of_aws() {
        let cloud = Cloud::start().await;
        let (name, value) = stale_at_once(row);
        let mut env: Vec<(&str, String)> = cloud.env(FIRST, &[]);
        env.push((&name, value));
        let door = Door::serve(&["--store", "memory"], &env).await;
        check(cloud, door, row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_query_handler() {
    for row in asked_of_aws() {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let (name, value) = stale_at_once(row);
        let mut env: Vec<(&str, String)> = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]);
        env.extend([("CACHE_TABLE_NAME", table), (&*name, value)]);
        let door = Door::function(&env).await;
        check(cloud, door, row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_cached_the_operation_is_named() {
    let cloud = Cloud::start().await;
    let door = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[])).await;
    assert_eq!(door.get("/ec2/subnets?region=us-east-1").await.status, 200);
    cloud.standin.stop().await;
    let reply = door.get("/ec2/subnets?region=us-west-2").await;
    assert_eq!((reply.status, reply.code().as_str()), (503, "UPSTREAM_UNAVAILABLE"));
    assert!(reply.text.contains("ec2:DescribeSubnets"), "{}", reply.text);
}

/// There is an old answer to paper over with: it stands in while AWS is only out of reach.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_valid_is_never_papered_over() {
    for row in asked_of_aws() {
        let path = question(row);
        let cloud = Cloud::start().await;
        let aws = Relay::to(&cloud.standin.url()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
        let (name, value) = stale_at_once(row);
        let account = cloud.account(FIRST).id().to_string();
        let more = [("AWS_ENDPOINT_URL", &*aws.url()), ("LARDER_STORE", &*store), ("LARDER_ACCOUNT_ID", &*account)];
        let mut env: Vec<(&str, String)> = cloud.env(FIRST, &more);
        env.push((&name, value));
        let door = Door::serve(&[], &env).await;
        let fresh = door.get(&path).await;
        assert_eq!(fresh.status, 200, "{fresh:?}");
        drop(door);

        aws.cut();
        assert_stale(&Door::serve(&[], &env).await.get(&path).await, &fresh);

        aws.lead_to(&cloud.standin.url());
        env.push(("AWS_ACCESS_KEY_ID", "UNKNOWNKEY".to_owned()));
        let refused = Door::serve(&[], &env).await.get(&path).await;
        assert_eq!(refused.code(), "AWS_CREDENTIALS", "{refused:?}");
        assert!(row.iam_actions.iter().any(|action| refused.text.contains(action)), "{}", refused.text);
    }
}
