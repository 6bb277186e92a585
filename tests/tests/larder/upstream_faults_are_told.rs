use std::collections::BTreeSet;

use futures::future::join_all;
use larder_app::DataType;
use larder_standin::{Fault, FaultKind, Handle};
use rstest::rstest;

use crate::cloud::{Cloud, FIRST, asked_of_aws, question, stale_at_once};
use crate::door::{Door, Reply};
use crate::kept::{Kept, StoreKind};

/// What a caller gets who could have had an older answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Older {
    Served,
    Never,
}

/// Whatever service data types are asked of; STS goes on telling who is who.
fn break_all(standin: &Handle, kind: FaultKind) {
    let services: BTreeSet<_> = asked_of_aws().flat_map(|row| row.iam_actions).map(|action| service(action)).collect();
    for service in services.into_iter().filter(|service| *service != "sts") {
        standin.fault(Fault::on(&format!("{service}:*"), kind));
    }
}

/// The service of an IAM action.
fn service(action: &str) -> &str {
    action.split(':').next().expect("a service and an operation")
}

/// Whether the fault is one for that data type.
fn is_hit(row: &DataType, kind: FaultKind) -> bool {
    let of_pages = matches!(kind, FaultKind::EmptyPages | FaultKind::RepeatingToken);
    // DescribeRegions has no pages.
    !of_pages || row.name != "ec2-regions"
}

async fn answers(door: &Door, rows: &[&'static DataType]) -> Vec<Reply> {
    let paths: Vec<_> = rows.iter().map(|row| question(row)).collect();
    join_all(paths.iter().map(|path| door.get(path))).await
}

fn assert_fails(reply: &Reply, row: &DataType, status: u16, code: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{row:?}: {reply:?}");
    let operation = reply.json()["operation"].as_str().expect("the operation is named").to_owned();
    assert!(row.iam_actions.contains(&&*operation), "{row:?}: {reply:?}");
    let detail = reply.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains(&operation), "{row:?}: {detail}");
}

/// With nothing cached, the failure and its operation; with an old answer, that or the failure, as `older` says. Once it
/// is over the answer is whole, so that nothing of a broken one was kept.
#[rstest]
#[case::throttled(FaultKind::Throttled, 503, "UPSTREAM_THROTTLED", Older::Served)]
#[case::internal_error(FaultKind::ServerError, 503, "UPSTREAM_UNAVAILABLE", Older::Served)]
#[case::unavailable(FaultKind::Unavailable, 503, "UPSTREAM_UNAVAILABLE", Older::Served)]
#[case::dropped(FaultKind::Dropped, 503, "UPSTREAM_MALFORMED", Older::Served)]
#[case::truncated(FaultKind::Truncated, 503, "UPSTREAM_MALFORMED", Older::Served)]
#[case::malformed(FaultKind::Malformed, 503, "UPSTREAM_MALFORMED", Older::Served)]
#[case::never_ending(FaultKind::EmptyPages, 502, "UPSTREAM_ENDLESS", Older::Served)]
#[case::repeating(FaultKind::RepeatingToken, 502, "UPSTREAM_ENDLESS", Older::Served)]
#[case::denied(FaultKind::AccessDenied, 403, "ACCESS_DENIED", Older::Never)]
#[case::expired(FaultKind::ExpiredToken, 403, "AWS_CREDENTIALS", Older::Never)]
#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_aws(#[case] kind: FaultKind, #[case] status: u16, #[case] code: &str, #[case] older: Older) {
    let rows: Vec<_> = asked_of_aws().filter(|row| is_hit(row, kind)).collect();
    check(&rows, StoreKind::Memory, kind, status, code, older).await;
}

/// What breaks an answer off, where there is a store to keep half of it; with a data type of each service, since a
/// function takes one request at a time.
#[rstest]
#[case::dropped(FaultKind::Dropped, 503, "UPSTREAM_MALFORMED")]
#[case::truncated(FaultKind::Truncated, 503, "UPSTREAM_MALFORMED")]
#[case::never_ending(FaultKind::EmptyPages, 502, "UPSTREAM_ENDLESS")]
#[case::repeating(FaultKind::RepeatingToken, 502, "UPSTREAM_ENDLESS")]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_partial_is_stored(
    #[case] kind: FaultKind,
    #[case] status: u16,
    #[case] code: &str,
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let mut services = BTreeSet::new();
    let rows: Vec<_> = asked_of_aws().filter(|row| services.insert(service(row.iam_actions[0]))).collect();
    check(&rows, store, kind, status, code, Older::Served).await;
}

async fn check(rows: &[&'static DataType], store: StoreKind, kind: FaultKind, status: u16, code: &str, older: Older) {
    let cloud = Cloud::start().await;
    let nothing = Kept::new(store).await;
    let cold = nothing.open(&cloud.env(FIRST, &[("LARDER_NEGATIVE_TTL_MS", "0")])).await;
    let mut env = cloud.env(FIRST, &[]);
    let ttls: Vec<_> = rows.iter().map(|row| stale_at_once(row)).collect();
    env.extend(ttls.iter().map(|(name, value)| (&**name, value.clone())));
    let old = Kept::new(store).await;
    let mut filled = old.open(&env).await;
    let whole = answers(&filled, rows).await;
    whole.iter().for_each(|reply| assert_eq!(reply.status, 200, "{reply:?}"));
    if store != StoreKind::Memory {
        // One that has the answers from the store, and none in memory.
        filled = old.open(&env).await;
    }

    break_all(&cloud.standin, kind);
    for (row, reply) in rows.iter().zip(answers(&cold, rows).await) {
        assert_fails(&reply, row, status, code);
        // By the store too: it is what this asks where there is nothing in memory.
        assert_eq!(cold.cached(&question(row)).await.code(), "NOT_CACHED", "{row:?}");
    }
    for ((row, reply), whole) in rows.iter().zip(answers(&filled, rows).await).zip(&whole) {
        if older == Older::Never {
            assert_fails(&reply, row, status, code);
            continue;
        }
        assert_eq!((reply.status, &reply.text), (200, &whole.text), "{row:?}: {reply:?}");
        let said = reply.cache_status();
        assert!(said.contains(&format!("fwd=stale; fwd-status={status}")), "{row:?}: {said}");
        assert!(said.contains("stale-if-error") && said.contains(code), "{row:?}: {said}");
    }

    cloud.standin.clear_faults();
    for (row, whole) in rows.iter().zip(&whole) {
        let reply = cold.get(&question(row)).await;
        assert_eq!((reply.status, &reply.text), (200, &whole.text), "{row:?}");
    }
}

/// One attempt of a call may take 10 s and there are several, so the request's own deadline ends it.
#[tokio::test(flavor = "multi_thread")]
async fn an_aws_slower_than_the_deadline() {
    let cloud = Cloud::start().await;
    let path = "/ec2/subnets?region=us-east-1";
    let cold = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[])).await;
    let filled = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[("LARDER_TTL_EC2_SUBNETS_S", "0")])).await;
    let whole = filled.get(path).await;
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::Slow(larder_tests::DEADLINE)));
    let several = "/ec2/subnets?region=us-east-1,us-west-2";
    cloud
        .standin
        .fault(Fault::on("ec2:DescribeSecurityGroups", FaultKind::Slow(larder_tests::DEADLINE)).in_region("us-east-1"));
    let half = "/ec2/security-groups?region=us-east-1,us-west-2";
    let (late, old, all_late, half_late) =
        tokio::join!(cold.get(path), filled.get(path), cold.get(several), cold.get(half));
    for late in [&late, &all_late] {
        assert_eq!(late.status, 504, "{late:?}");
        assert!(late.text.contains("ec2:DescribeSubnets"), "{late:?}");
    }
    assert_eq!((old.status, &old.text), (200, &whole.text), "{old:?}");
    assert!(old.cache_status().contains("stale-if-error"), "{old:?}");
    assert_eq!(half_late.status, 200, "{half_late:?}");
    let (answered, failed) = (&half_late.json()["regions"], &half_late.json()["failedRegions"]);
    assert!(answered["us-west-2"]["securityGroups"].is_array() && answered.get("us-east-1").is_none(), "{half_late:?}");
    assert_eq!((&failed[0]["region"], &failed[0]["status"]), (&"us-east-1".into(), &504.into()), "{half_late:?}");
    cloud.standin.clear_faults();
    assert_eq!(cold.cached(path).await.code(), "NOT_CACHED");
}

/// There is an old answer in the store. Who has no credentials gets neither that nor a fresh one.
#[tokio::test(flavor = "multi_thread")]
async fn missing_credentials() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let account = cloud.account(FIRST).id().to_string();
    let path = format!("/ec2/subnets?region=us-east-1&accountId={account}");
    let mut env = cloud.env(FIRST, &[("LARDER_TTL_EC2_SUBNETS_S", "0")]);
    assert_eq!(Door::serve(&["--store", &store], &env).await.get(&path).await.status, 200);
    env.retain(|(name, _)| !["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].contains(name));
    let door = Door::serve(&["--store", &store], &env).await;
    for (path, operation) in
        [(&*path, "ec2:DescribeSubnets"), ("/ec2/subnets?region=us-east-1", "sts:GetCallerIdentity")]
    {
        let refused = door.get(path).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "AWS_CREDENTIALS"), "{refused:?}");
        assert_eq!(refused.json()["operation"], operation, "{refused:?}");
        assert!(refused.text.contains("aws sso login"), "it says what to do: {refused:?}");
    }
}
