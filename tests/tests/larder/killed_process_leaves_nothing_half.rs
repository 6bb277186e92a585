use std::collections::BTreeMap;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use larder_app::DATA_TYPES;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::Door;
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

/// After how many answers the process is killed, while the others are fetched and written.
const MOMENTS: [usize; 5] = [1, 4, 11, 37, 90];

/// Everything that can be asked, and AWS's answer to it.
async fn answers(cloud: &Cloud) -> BTreeMap<String, String> {
    let door = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[])).await;
    let mut answers = BTreeMap::new();
    for row in DATA_TYPES {
        let regions = cloud.standin.fleet().regions().iter().map(|region| format!("{}?region={region}", row.path));
        let paths: Vec<_> = if row.scope.has_region() { regions.collect() } else { vec![row.path.to_owned()] };
        for path in paths {
            let reply = door.get(&path).await;
            assert_eq!(reply.status, 200, "{path}: {reply:?}");
            answers.insert(path, reply.text);
        }
    }
    answers
}

/// Asks for everything at once, again and again under a new epoch, until so many answers have come; then kills it.
async fn kill_after(door: Door, answers: &BTreeMap<String, String>, mut left: usize) {
    while left > 0 {
        let mut asking: FuturesUnordered<_> =
            answers.iter().map(async |(path, expected)| (path, expected, door.get(path).await)).collect();
        while let Some((path, expected, reply)) = asking.next().await {
            assert_eq!((reply.status, &reply.text), (200, expected), "{path}");
            left -= 1;
            if left == 0 {
                door.program().kill().expect("it runs");
                break;
            }
        }
        if left > 0 {
            assert_eq!(door.invalidate("{}").await.status, 200);
        }
    }
    door.into_program().finish().await.expect("it is gone");
}

/// Whenever it is killed, the next process finds each entry whole or not at all, and answers and writes at once.
async fn check(store: &str, more: &[(&'static str, &str)]) {
    let cloud = Cloud::start().await;
    let answers = answers(&cloud).await;
    // No lease: those of a killed process would stand for seconds, which the last test is about.
    let more = [more, &[("LARDER_LEASE", "off"), ("LARDER_COHERENCE_WINDOW_MS", "0")]].concat();
    let env = cloud.env(FIRST, &more);
    for moment in MOMENTS {
        kill_after(Door::serve(&["--store", store], &env).await, &answers, moment).await;
        let door = Door::serve(&["--store", store], &env).await;
        for (path, expected) in &answers {
            let cached = door.cached(path).await;
            let whole = cached.status == 200 && cached.text == *expected;
            assert!(whole || cached.code() == "NOT_CACHED", "{path} after {moment}: {cached:?}");
        }
        for counter in ["malformed", "corrupt", "chunkMissing", "foreign"] {
            assert_eq!(door.counted(counter).await, 0, "{counter} after {moment}");
        }
        assert_eq!(door.invalidate("{}").await.status, 200, "after {moment}");
        let health = door.get("/health").await.json();
        assert_eq!((&health["store"], &health["failedWrites"]), (&"ok".into(), &0.into()), "{health}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite() {
    let file = SqliteFile::new();
    check(&file.store(), &[]).await;
    assert!(file.set_aside().is_empty());
    let integrity: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut file.connect().await).await.expect("an answer");
    assert_eq!(integrity, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_dynamodb() {
    let (table, endpoint) = table().await;
    check(&format!("dynamodb:{table}"), &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]).await;
}

/// Its lease stands until it runs out; then whoever waits takes it over, and nobody else fetches.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_killed_process_fetches_in_its_place() {
    let path = "/ec2/subnets?region=us-east-1";
    let (cloud, aws, file) = (Cloud::start().await, Relay::held().await, SqliteFile::new());
    let (url, account) = (aws.url(), cloud.account(FIRST).id().to_string());
    let held = cloud.env(FIRST, &[("AWS_ENDPOINT_URL", &url), ("LARDER_ACCOUNT_ID", &account)]);
    let holder = Door::serve(&["--store", &file.store()], &held).await;
    let others_env = cloud.env(FIRST, &[("LARDER_ACCOUNT_ID", &account)]);
    let others = [
        Door::serve(&["--store", &file.store()], &others_env).await,
        Door::serve(&["--store", &file.store()], &others_env).await,
    ];
    tokio::select! {
        reply = holder.get(path) => panic!("AWS answers nobody yet: {reply:?}"),
        () = aws.arrived() => holder.program().kill().expect("it runs"),
    }
    let (one, other) = tokio::join!(others[0].get(path), others[1].get(path));
    assert_eq!((one.status, &one.text), (200, &other.text), "{one:?}");
    assert_eq!(cloud.standin.call_count("ec2:DescribeSubnets"), 1);
    let taken_over = others[0].counted("leaseTakenOver").await + others[1].counted("leaseTakenOver").await;
    assert_eq!(taken_over, 1);
}
