//! Tables on a terminal of 100 columns, and in a pipe.

use larder_tests::Program;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::command::larder;
use crate::door::borrowed;
use crate::sqlite_file::SqliteFile;

const WIDTH: usize = 100;

/// What a terminal shows of a command that runs once: the lines without what moves the cursor.
async fn shown(args: &str, env: &[(&str, String)]) -> Vec<String> {
    let args: Vec<_> = args.split_whitespace().collect();
    let program = Program::start_on_terminal("larder", &args, &borrowed(env)).expect("it starts");
    let finished = program.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let answer = finished.stdout.rsplit('\u{1b}').next().unwrap_or_default().to_owned();
    answer.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
}

#[rstest]
#[case("types")]
#[case("get ec2-subnets --region us-east-1,us-west-2")]
#[case("get ec2-security-groups --region us-east-1")]
#[case("get ec2-instance-types --region us-east-1")]
#[case("get drs-source-servers --region us-east-1")]
#[case("get drs-quotas --region us-east-1")]
#[case("get drs-quotas --region us-east-1,us-west-2,eu-central-1,eu-west-1")]
#[case("get ec2-instance-profiles")]
#[case("cache status --detailed --recent-entries 5")]
#[tokio::test(flavor = "multi_thread")]
async fn no_line_of_a_table_is_wider_than_the_terminal(#[case] args: &str) {
    let (cloud, file) = (Cloud::start().await, SqliteFile::new());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &file.store())]);
    larder("get ec2-subnets --region us-east-1", &env).await.is(0, &[]);
    let lines = shown(args, &env).await;
    let table: Vec<_> = lines.iter().filter(|line| line.starts_with(['│', '┌', '└', '╞'])).collect();
    assert!(table.len() > 4, "{lines:#?}");
    assert!(table.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_every_column_whole() {
    let (cloud, file) = (Cloud::start().await, SqliteFile::new());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &file.store())]);
    let piped = larder("get drs-source-servers --region us-east-1", &env).await;
    piped.is(0, &["sourceServerId", "recoveryInstanceId", "lifeCycle"]);
    assert!(piped.stdout.lines().any(|line| line.chars().count() > WIDTH), "{piped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_without_recovery_is_not_lost() {
    let cloud = Cloud::start().await;
    let env = cloud.env(FIRST, &[]);
    let one = larder("get drs-source-servers --region eu-central-1", &env).await;
    one.is(0, &["0 of drs-source-servers\nstatus: NOT_INITIALIZED"]);
    let several = larder("get drs-source-servers --region us-east-1,eu-central-1", &env).await;
    several
        .is(0, &["eu-central-1: 0 of drs-source-servers, status: NOT_INITIALIZED", "us-east-1: status: INITIALIZED"]);
}
