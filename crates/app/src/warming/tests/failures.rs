use larder_cache::store::{Claim, LeaseAttempt, LeaseItem, Store};
use larder_sources::{FailureKind, FetchError};

use super::*;
use crate::inspection::key_of;

const THREE: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

#[tokio::test(start_paused = true)]
async fn one_failure_ends_an_account_and_data_type_for_the_run_and_is_named() {
    let world = World::new();
    world.use_(SUBNETS, &THREE).await;
    world.use_("ec2-security-groups", &THREE).await;
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeSubnets", "you may not");
    world.test.aws.answers(SUBNETS, Err(denied));
    let before = world.asked();
    pass(57).await;
    let report = world.run().await;
    assert_eq!(subnets(&report), &TypeReport { failed: 1, after_failure: 2, ..TypeReport::default() });
    assert_eq!(report.data_types["ec2-security-groups"].refreshed, 3);
    assert_eq!(world.asked(), before + 1 + 3);
    let [failed] = &report.failed[..] else { panic!("one failed: {report:?}") };
    assert_eq!((failed.data_type, failed.code), (SUBNETS, "ACCESS_DENIED"));
    assert_eq!(failed.account_id.as_deref(), Some(crate::test_app::OWN));
    assert!(failed.region.as_deref().is_some_and(|region| THREE.contains(&region)), "{failed:?}");
    assert!(failed.reason.contains("ec2:DescribeSubnets"), "{}", failed.reason);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_to_be_kept_ends_nothing_else_and_is_not_blamed_on_the_store() {
    let world = World::with(|configuration| configuration.cache.settings.largest_value = 10);
    world.use_(SUBNETS, &THREE).await;
    world.test.aws.answers_in("us-east-1", SUBNETS, Ok("\"eleven or more\""));
    pass(57).await;
    let report = world.run().await;
    assert_eq!(subnets(&report), &TypeReport { refreshed: 2, failed: 1, ..TypeReport::default() });
    let [failed] = &report.failed[..] else { panic!("one failed: {report:?}") };
    assert_eq!((failed.code, failed.region.as_deref()), ("RESULT_TOO_LARGE", Some("us-east-1")));
}

/// Nothing runs after a function's answer, and others would wait for a lease until it runs out.
#[tokio::test(start_paused = true)]
async fn a_fetch_that_was_cut_off_has_given_its_lease_back_when_the_run_is_over() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    pass(57).await;
    world.test.aws.hangs_in("us-east-1", SUBNETS);
    let report = world.warmer.run(Duration::from_secs(10)).await;
    assert_eq!(subnets(&report), &TypeReport { out_of_time: 1, ..TypeReport::default() });
    let key = key_of(&format!("ec2-subnets#us-east-1#{}", crate::test_app::OWN)).expect("a key");
    let other = LeaseItem { owner: "other".to_owned(), until: 0, ttl: u64::MAX, ended: false };
    let attempt = world.test.store.take_lease(&key, &other, &Claim::New).await.expect("answers").value;
    assert!(matches!(&attempt, LeaseAttempt::Held(lease) if lease.ended), "{attempt:?}");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_fetched_is_there_as_it_was() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    world.test.aws.answers(SUBNETS, Err(FetchError::new(FailureKind::Unavailable, "ec2:DescribeSubnets", "no")));
    pass(57).await;
    let report = world.run().await;
    assert_eq!((subnets(&report).failed, report.failed[0].code), (1, "UPSTREAM_UNAVAILABLE"));
    let answer = world.ask(SUBNETS, "us-east-1").await;
    assert_eq!(answer, larder_cache::Origin::Memory);
}
