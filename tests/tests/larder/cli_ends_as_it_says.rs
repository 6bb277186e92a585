//! How a command that runs once ends: what it says of a failure, once, and what it leaves behind.

use larder_standin::{Fault, FaultKind};
use larder_tests::{Program, wait_until};
use rstest::rstest;
use serde_json::Value;

use crate::cloud::{Cloud, FIRST};
use crate::command::larder;
use crate::door::borrowed;
use crate::relay::Relay;
use crate::sqlite_file::SqliteFile;

const GET: &str = "get ec2-subnets --region us-east-1";

/// A device that is always full.
const FULL: &[&str] = &["sh", "-c", "exec \"$0\" \"$@\" > /dev/full"];

async fn leases(file: &SqliteFile) -> u64 {
    let mut connection = file.connect().await;
    sqlx::query_scalar("SELECT count(*) FROM lease WHERE NOT ended").fetch_one(&mut connection).await.expect("a number")
}

#[rstest]
#[case(&["get", "ec2-subnets", "--region", "us-east-1"], Program::interrupt, 130)]
#[case(&["get", "ec2-subnets", "--region", "us-east-1"], Program::terminate, 143)]
#[case(&["cache", "warm", "--type", "ec2-subnets", "--region", "us-east-1"], Program::interrupt, 130)]
#[tokio::test(flavor = "multi_thread")]
async fn who_is_stopped_gives_the_lease_back(
    #[case] args: &[&str],
    #[case] stop: fn(&Program) -> anyhow::Result<()>,
    #[case] code: i32,
) {
    let (cloud, file, aws) = (Cloud::start().await, SqliteFile::new(), Relay::held().await);
    let more = [
        ("AWS_ENDPOINT_URL", aws.url()),
        ("LARDER_STORE", file.store()),
        ("LARDER_ACCOUNT_ID", "111122223333".to_owned()),
    ];
    let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let env = cloud.env(FIRST, &more);
    let program = Program::start("larder", args, &borrowed(&env)).expect("it starts");
    aws.arrived().await;
    assert_eq!(leases(&file).await, 1, "it fetches under the lease");
    stop(&program).expect("it runs");
    let finished = program.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(code), "{finished:?}");
    assert_eq!((finished.stdout.as_str(), leases(&file).await), ("", 0), "{finished:?}");
}

#[rstest]
#[case(&["types"])]
#[case(&["types", "--json"])]
#[case(&["get", "ec2-subnets", "--region", "us-east-1"])]
#[case(&["get", "ec2-subnets", "--region", "us-east-1", "--watch", "1"])]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_can_not_be_written_is_a_failure(#[case] args: &[&str]) {
    let cloud = Cloud::start().await;
    let env = cloud.env(FIRST, &[]);
    let program = Program::start_under(FULL, "larder", args, &borrowed(&env)).expect("it starts");
    let finished = program.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    assert!(finished.stderr.contains("could not be written to stdout"), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_said_once_and_for_programs_as_a_document_alone() {
    let (cloud, file) = (Cloud::start().await, SqliteFile::new());
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::AccessDenied));
    let store = file.store();
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    let denied = larder(GET, &env).await;
    denied.is(4, &["error: ", "ec2:DescribeSubnets"]);
    assert_eq!(denied.stderr.lines().count(), 1, "{denied:?}");
    let denied = larder(&format!("{GET} --json"), &env).await;
    let document: Value = serde_json::from_str(&denied.stderr).unwrap_or_else(|error| panic!("{error}: {denied:?}"));
    assert_eq!((denied.code, &document["code"]), (4, &"ACCESS_DENIED".into()));

    let nobody = larder(GET, &[("LARDER_STORE", store)]).await;
    nobody.is(4, &["error: "]);
    assert!(!nobody.stderr.contains("ERROR") && !nobody.stderr.contains("WARN"), "{nobody:?}");
    let wordy = cloud.env(FIRST, &[("LOG_LEVEL", "warn")]);
    let wordy = larder(GET, &wordy).await;
    assert!(wordy.stderr.contains("WARN"), "who asks for the log has it: {wordy:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_nothing_is_kept_is_a_note_with_its_reason() {
    let cloud = Cloud::start().await;
    let noted = larder(GET, &cloud.env(FIRST, &[("LARDER_STORE", "sqlite:/proc/none/cache.sqlite")])).await;
    noted.is(0, &["note: nothing is cached: ", "/proc/none"]);
    assert!(!noted.stderr.contains("WARN"), "{noted:?}");
    let store = [("LARDER_STORE", "dynamodb:nope"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")];
    larder(GET, &cloud.env(FIRST, &store)).await.is(0, &["from AWS", "note: nothing is cached: dynamodb:nope: "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_makes_no_store() {
    let file = SqliteFile::new();
    let env = [("LARDER_STORE", file.store())];
    for line in
        ["cache status", "cache status --json", "cache clear --all", "cache inspect ec2-subnets#us-east-1#111122223333"]
    {
        larder(line, &env).await.is(5, &["There is no store at "]);
    }
    assert_eq!(std::fs::read_dir(file.folder()).expect("a folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_invalidated_is_told_to_be_dead() {
    let (cloud, file) = (Cloud::start().await, SqliteFile::new());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &file.store())]);
    let status = async || larder("cache status --recent-entries 5 --json", &env).await.json();
    larder(GET, &env).await.is(0, &["from AWS"]);
    let alive = status().await;
    let subnets = &alive["dataTypes"]["ec2-subnets"];
    assert_eq!((&subnets["withinTtl"], &subnets["dead"]), (&1.into(), &0.into()), "{alive}");
    assert_eq!(alive["recentEntries"][0]["dead"], false, "{alive}");
    larder("cache clear --type ec2-subnets", &env).await.is(0, &[]);
    let dead = status().await;
    let subnets = &dead["dataTypes"]["ec2-subnets"];
    assert_eq!((&subnets["entries"], &subnets["withinTtl"], &subnets["dead"]), (&1.into(), &0.into(), &1.into()));
    assert_eq!(dead["recentEntries"][0]["dead"], true, "{dead}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_index_has_no_fence_it_is_said_that_nobody_knows() {
    let cloud = Cloud::start().await;
    let (table, url) = crate::cloud::table().await;
    let store = format!("dynamodb:{table}");
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store), ("AWS_ENDPOINT_URL_DYNAMODB", url)]);
    larder(GET, &env).await.is(0, &["from AWS"]);
    let listed = async || {
        let told = larder("cache status", &env).await;
        Ok(told.stdout.contains("ec2-subnets").then_some(told))
    };
    let told = wait_until("the index has it", listed).await.expect("it is listed");
    told.is(0, &[" ? ", "may include dead ones; larder cache inspect KEY tells"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_stale_answer_is_not_from_memory() {
    let (cloud, file) = (Cloud::start().await, SqliteFile::new());
    let stale = ("LARDER_TTL_EC2_SUBNETS_S", "0");
    let env = cloud.env(FIRST, &[("LARDER_STORE", &file.store()), stale]);
    larder(GET, &env).await.is(0, &["from AWS"]);
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::Unavailable));
    let stale = larder(GET, &env).await;
    stale.is(0, &["from the store", "past its TTL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_logs_for_programs_if_told_to() {
    let env = [("LARDER_STORE", "memory"), ("AWS_REGION", "us-east-1")];
    let args = ["serve", "--listen", "127.0.0.1:0", "--json"];
    let server = Program::start("larder", &args, &env).expect("it starts");
    let line = server.line("\"serving\"").await.expect("it says so");
    let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!((&line["level"], &line["store"]), (&"INFO".into(), &"memory".into()), "{line}");
    server.terminate().expect("it runs");
    assert_eq!(server.finish().await.expect("it ends").status.code(), Some(0));
}
