use larder_tests::wait_until;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::Door;

const SHORT_TTL: [(&str, &str); 3] =
    [("LARDER_TTL_DRS_QUOTAS_S", "1"), ("LARDER_TTL_EC2_SUBNETS_S", "1"), ("LARDER_TTL_EC2_INSTANCE_TYPES_S", "1")];

/// Fills, stops AWS, and asks until the TTL has passed: the same bytes come, marked as stale, with what failed.
async fn check(cloud: Cloud, door: Door, path: &str) {
    let fresh = door.get(path).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    cloud.standin.stop().await;
    let stale = wait_until("a stale answer names what failed", async || {
        let reply = door.get(path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.text, fresh.text);
        Ok(reply.cache_status().contains("stale-if-error").then_some(reply))
    });
    let stale = stale.await.expect("it becomes stale");
    assert!(stale.cache_status().contains("fwd=stale"), "{}", stale.cache_status());
    assert!(stale.cache_status().contains("UPSTREAM"), "{}", stale.cache_status());
    let ttl = stale.cache_status().split("ttl=-").nth(1).expect("a ttl below zero");
    assert!(ttl.starts_with(|first: char| first.is_ascii_digit()), "{}", stale.cache_status());
}

#[rstest]
#[case("/drs/quotas?region=us-east-1")]
#[case("/ec2/subnets?region=us-east-1")]
#[case("/ec2/instance-types?region=us-east-1")]
#[tokio::test(flavor = "multi_thread")]
async fn by_serve(#[case] path: &str) {
    let cloud = Cloud::start().await;
    let mut env = cloud.env(FIRST, &SHORT_TTL);
    env.push(("LARDER_STALE_WHILE_REVALIDATE_EC2_SUBNETS_S", "0".to_owned()));
    let door = Door::serve(&["--store", "memory"], &env).await;
    check(cloud, door, path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_query_handler() {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let mut env = cloud.env(FIRST, &SHORT_TTL);
    env.extend([("AWS_ENDPOINT_URL_DYNAMODB", endpoint.to_owned()), ("CACHE_TABLE_NAME", table)]);
    let door = Door::function(&env).await;
    check(cloud, door, "/drs/quotas?region=us-east-1").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_valid_is_never_papered_over() {
    let cloud = Cloud::start().await;
    let mut env = cloud.env(FIRST, &SHORT_TTL);
    env.retain(|(name, _)| *name != "AWS_ACCESS_KEY_ID");
    env.extend([("AWS_ACCESS_KEY_ID", "UNKNOWNKEY".to_owned()), ("LARDER_ACCOUNT_ID", "111122223333".to_owned())]);
    let door = Door::serve(&["--store", "memory"], &env).await;
    let reply = door.get("/ec2/subnets?region=us-east-1").await;
    assert_eq!(reply.code(), "AWS_CREDENTIALS", "{reply:?}");
    assert!(reply.text.contains("ec2:DescribeSubnets"), "{}", reply.text);
}
