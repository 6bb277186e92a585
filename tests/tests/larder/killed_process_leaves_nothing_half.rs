use std::pin::pin;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use larder_tests::wait_until;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::Door;
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};
use crate::large_subnets::LargeSubnets;
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

/// Asked for in each region of the fleet at once.
const PATH: &str = "/ec2/subnets?region=";
/// After how many answers the process is killed, while the others are fetched and written.
const MOMENTS: [usize; 3] = [1, 2, 5];

/// The variables of a process with large answers. Without leases: those of a killed one would stand for seconds, which
/// the last test is about.
fn env(cloud: &Cloud, ec2: &LargeSubnets, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let ours = [("AWS_ENDPOINT_URL_EC2", ec2.url()), ("LARDER_LEASE", "off"), ("LARDER_COHERENCE_WINDOW_MS", "0")];
    cloud.env(FIRST, &[&ours, more].concat())
}

/// That the process finds what is there whole, or nothing, at once.
async fn assert_nothing_half(door: &Door, paths: &[String]) {
    for path in paths {
        let cached = door.cached(path).await;
        let whole = cached.status == 200 && LargeSubnets::are_whole(&cached.json());
        assert!(whole || cached.code() == "NOT_CACHED", "{path}: {} {}", cached.status, cached.cache_status());
    }
    for counter in ["malformed", "corrupt", "chunkMissing", "foreign"] {
        assert_eq!(door.counted(counter).await, 0, "{counter}");
    }
}

/// Asks for everything at once, again and again under a new epoch, until so many answers have come; then kills it.
async fn kill_after(door: Door, paths: &[String], mut left: usize) {
    while left > 0 {
        assert_eq!(door.invalidate("{}").await.status, 200);
        let mut asking: FuturesUnordered<_> = paths.iter().map(|path| door.get(path)).collect();
        while let Some(reply) = asking.next().await {
            assert!(reply.status == 200 && LargeSubnets::are_whole(&reply.json()), "{}", reply.status);
            left -= 1;
            if left == 0 {
                door.program().kill().expect("it runs");
                break;
            }
        }
    }
    door.into_program().finish().await.expect("it is gone");
}

/// The system kills whoever writes beyond a limit, there and then: after so many blocks (of 512 bytes, in most shells) of
/// the first answer, or of a later one.
#[rstest]
#[case("99")]
#[case("400")]
#[case("1199")]
#[case("3000")]
#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite_in_the_midst_of_a_write(#[case] blocks: &str) {
    let (cloud, ec2, file) = (Cloud::start().await, LargeSubnets::start().await, SqliteFile::new());
    let paths: Vec<_> = cloud.standin.fleet().regions().iter().map(|region| format!("{PATH}{region}")).collect();
    let env = env(&cloud, &ec2, &[("LARDER_TTL_EC2_SUBNETS_S", "0")]);
    let limited = ["sh", "-c", "ulimit -c 0; ulimit -f \"$0\"; exec \"$@\"", blocks];
    let door = Door::serve_under(&limited, &["--store", &file.store()], &env).await;
    let mut asked = paths.iter().cycle();
    while let Some(reply) = door.try_get(asked.next().expect("it goes round")).await {
        assert!(reply.status == 200 && LargeSubnets::are_whole(&reply.json()), "{}", reply.status);
    }
    let status = door.into_program().finish().await.expect("it is gone").status;
    assert_eq!(status.code(), None, "killed: {status}");
    assert_usable(&cloud, &ec2, &file, &paths).await;
}

/// That the next process can use the file at once.
async fn assert_usable(cloud: &Cloud, ec2: &LargeSubnets, file: &SqliteFile, paths: &[String]) {
    let door = Door::serve(&["--store", &file.store()], &env(cloud, ec2, &[])).await;
    assert_nothing_half(&door, paths).await;
    assert_eq!(door.invalidate("{}").await.status, 200);
    assert_eq!(door.get(&paths[0]).await.status, 200);
    let health = door.get("/health").await.json();
    assert_eq!((&health["store"], &health["failedWrites"]), (&"ok".into(), &0.into()), "{health}");
    assert!(file.set_aside().is_empty());
    let integrity: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut file.connect().await).await.expect("an answer");
    assert_eq!(integrity, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite_whenever_it_is_killed() {
    let (cloud, ec2, file) = (Cloud::start().await, LargeSubnets::start().await, SqliteFile::new());
    let paths: Vec<_> = cloud.standin.fleet().regions().iter().map(|region| format!("{PATH}{region}")).collect();
    let env = env(&cloud, &ec2, &[]);
    for moment in MOMENTS {
        kill_after(Door::serve(&["--store", &file.store()], &env).await, &paths, moment).await;
        assert_usable(&cloud, &ec2, &file, &paths).await;
    }
}

/// One answer is a read, a batch of chunks and the entry that names them: it is killed before each, and after the last.
#[tokio::test(flavor = "multi_thread")]
async fn in_dynamodb_before_whichever_write_it_is_killed() {
    let (cloud, ec2, (table, endpoint)) = (Cloud::start().await, LargeSubnets::start().await, table().await);
    let dynamodb = FaultyDynamoDb::before(endpoint).await;
    let env = env(&cloud, &ec2, &[("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()), ("CACHE_TABLE_NAME", &table)]);
    let paths = [format!("{PATH}us-east-1")];
    let mut found = Vec::new();
    for calls in 0..4 {
        let door = Door::serve(&[], &env).await;
        assert_eq!(door.invalidate("{}").await.status, 200);
        dynamodb.fault_after(calls, StoreFault::Held);
        let held = async || Ok((dynamodb.happened() > 0).then_some(()));
        tokio::select! {
            reply = door.get(&paths[0]) => assert_eq!((reply.status, calls), (200, 3), "all were let through"),
            held = wait_until("a call is held", held) => held.expect("there are more calls"),
        }
        door.program().kill().expect("it runs");
        door.into_program().finish().await.expect("it is gone");
        dynamodb.recover();

        let door = Door::serve(&[], &env).await;
        assert_nothing_half(&door, &paths).await;
        found.push(door.cached(&paths[0]).await.status);
        let answered = door.get(&paths[0]).await;
        assert!(answered.status == 200 && LargeSubnets::are_whole(&answered.json()), "{}", answered.status);
        assert_eq!(Door::serve(&[], &env).await.cached(&paths[0]).await.status, 200, "the store takes it at once");
    }
    assert_eq!(found, [504, 504, 504, 200]);
}

/// Its lease stands until it runs out; then whoever waits takes it over, and nobody else fetches.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_killed_process_fetches_in_its_place() {
    let path = &format!("{PATH}us-east-1");
    let (cloud, aws, file) = (Cloud::start().await, Relay::held().await, SqliteFile::new());
    let (url, account) = (aws.url(), cloud.account(FIRST).id().to_string());
    let held = cloud.env(FIRST, &[("AWS_ENDPOINT_URL", &url), ("LARDER_ACCOUNT_ID", &account)]);
    let holder = Door::serve(&["--store", &file.store()], &held).await;
    // A disk that is slow beside other tests is no store that failed: nobody then fetches without the lease.
    let others_env = cloud.env(FIRST, &[("LARDER_ACCOUNT_ID", &account), ("LARDER_STORE_TIMEOUT_MS", "15000")]);
    let others = [
        Door::serve(&["--store", &file.store()], &others_env).await,
        Door::serve(&["--store", &file.store()], &others_env).await,
    ];
    let mut connection = file.connect().await;
    let leased = async || {
        let leases: u64 = sqlx::query_scalar("SELECT count(*) FROM lease").fetch_one(&mut connection).await?;
        Ok((leases == 1).then_some(()))
    };
    // Asking until it is killed: a process whose client is gone gives the lease back, and then there is nothing to take over.
    let mut asking = pin!(holder.get(path));
    tokio::select! {
        reply = &mut asking => panic!("AWS answers nobody yet: {reply:?}"),
        leased = wait_until("it holds the lease", leased) => leased.expect("it takes it"),
    }
    holder.program().kill().expect("it runs");
    let (one, other) = tokio::join!(others[0].get(path), others[1].get(path));
    assert_eq!((one.status, &one.text), (200, &other.text), "{one:?}");
    assert_eq!(cloud.standin.call_count("ec2:DescribeSubnets"), 1);
    let taken_over = others[0].counted("leaseTakenOver").await + others[1].counted("leaseTakenOver").await;
    let stats = [others[0].get("/cache/stats").await.text, others[1].get("/cache/stats").await.text];
    assert_eq!(taken_over, 1, "{stats:?}");
}
