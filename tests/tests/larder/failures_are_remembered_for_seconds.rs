use larder_standin::{Fault, FaultKind};
use larder_tests::FakedClock;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;

const PATH: &str = "/ec2/subnets?region=us-east-1";
/// An hour, so that no slow machine ends it.
const REMEMBER: [(&str, &str); 1] = [("LARDER_NEGATIVE_TTL_MS", "3600000")];

/// A process whose AWS fails so, and the clock that it goes by.
async fn open(cloud: &Cloud, kind: FaultKind, more: &[(&'static str, &str)]) -> (Door, FakedClock) {
    let clock = FakedClock::new().expect("a folder");
    let env = [cloud.env(FIRST, more), clock.env().to_vec()].concat();
    let door = Door::serve(&["--store", "memory"], &env).await;
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", kind));
    (door, clock)
}

async fn assert_fails(door: &Door, code: &str) {
    let failed = door.get(PATH).await;
    assert!(failed.status >= 400 && failed.code() == code, "{failed:?}");
}

async fn assert_mended(door: &Door) {
    let mended = door.get(PATH).await;
    assert_eq!(mended.status, 200, "{mended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_failure_is_remembered_aws_is_not_asked_again() {
    let cloud = Cloud::start().await;
    let (door, clock) = open(&cloud, FaultKind::Unavailable, &REMEMBER).await;
    assert_fails(&door, "UPSTREAM_UNAVAILABLE").await;
    let calls = cloud.calls();
    cloud.standin.clear_faults();
    assert_fails(&door, "UPSTREAM_UNAVAILABLE").await;
    assert_eq!(cloud.calls(), calls, "remembered, though it is mended");
    clock.set(3_600).expect("it is set");
    assert_mended(&door).await;
}

/// By default; the README says for how long.
#[tokio::test(flavor = "multi_thread")]
async fn two_seconds_later_aws_is_asked_again() {
    let cloud = Cloud::start().await;
    let (door, clock) = open(&cloud, FaultKind::Unavailable, &[]).await;
    assert_fails(&door, "UPSTREAM_UNAVAILABLE").await;
    cloud.standin.clear_faults();
    clock.set(2).expect("it is set");
    assert_mended(&door).await;
}

/// A permission that was mended, or a new login, is seen by the next request.
#[rstest]
#[case(FaultKind::AccessDenied, "ACCESS_DENIED")]
#[case(FaultKind::ExpiredToken, "AWS_CREDENTIALS")]
#[tokio::test(flavor = "multi_thread")]
async fn a_denial_is_not_remembered_at_all(#[case] kind: FaultKind, #[case] code: &str) {
    let cloud = Cloud::start().await;
    let (door, _clock) = open(&cloud, kind, &REMEMBER).await;
    for calls in 1..=2 {
        assert_fails(&door, code).await;
        assert_eq!(cloud.calls(), calls, "each request is one to AWS");
    }
    cloud.standin.clear_faults();
    assert_mended(&door).await;
}
