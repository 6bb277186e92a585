//! What `larder` tells about permissions, keys and itself.

use larder_app::DATA_TYPES;
use larder_tests::{Finished, Program};
use rstest::rstest;
use serde_json::Value;
use tokio::process::Command;

use crate::cloud::{Cloud, FIRST};
use crate::door::borrowed;

async fn larder(args: &[&str], env: &[(&str, &str)]) -> Finished {
    Program::run("larder", args, env).await.expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_allows_what_the_rows_need() {
    let finished = larder(&["iam-policy"], &[]).await;
    assert_eq!((finished.status.code(), finished.stderr.as_str()), (Some(0), ""));
    let policy: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    for action in DATA_TYPES.iter().flat_map(|row| row.iam_actions) {
        assert!(finished.stdout.contains(&format!("\"{action}\"")), "{action}");
    }
    let one = larder(&["iam-policy", "--type", "ec2-subnets", "--table", "larder-cache"], &[]).await.stdout;
    assert!(one.contains("ec2:DescribeSubnets") && !one.contains("drs:"), "{one}");
    assert!(one.contains("arn:aws:dynamodb:*:*:table/larder-cache/index/"), "{one}");
}

#[rstest]
#[case(&["iam-policy", "--type", "ec2-subnetz"], "ec2-subnets")]
#[case(&["iam-policy", "--table", "a b"], "--table")]
#[case(&["iam-policy", "--accounts-table", "arn:aws:s3:::x"], "--accounts-table")]
#[case(&["iam-policy", "--assume-role", "*"], "--assume-role")]
#[case(&["completions", "tcsh"], "zsh")]
#[case(&["get", "ec2-subnets", "--watch", "0"], "86400")]
#[case(&["get", "--watch", "ec2-subnets"], "goes before --watch")]
#[case(&["cache", "status", "--recent-entries", "0"], "--recent-entries")]
#[case(&["cache", "status", "--url", "localhost:8080"], "http://127.0.0.1:8080")]
#[case(&["cache", "status", "--url", "http://127.0.0.1:1", "--store", "memory"], "--store")]
#[case(&["cache", "status", "--token-file", "token"], "--url")]
#[case(&["cache", "status", "--url", "http://127.0.0.1:1", "--token-file", "no-such-file"], "no-such-file")]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_named(#[case] args: &[&str], #[case] named: &str) {
    let finished = larder(args, &[]).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    assert!(finished.stderr.contains(named), "{}", finished.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_environment_is_no_unknown_setting_and_does_not_travel_in_clear() {
    let env = [("LARDER_TOKEN", "eyJh.eyJz.c2ln")];
    assert_eq!(larder(&["types"], &env).await.status.code(), Some(0));
    let refused = larder(&["cache", "status", "--url", "http://192.0.2.1"], &env).await;
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(refused.stderr.contains("in clear"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_explained_in_words() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    let ask = async |args: &'static [&'static str]| larder(args, &borrowed(&env)).await;
    let inspect: &[&str] = &["cache", "inspect", "ec2-subnets#us-east-1#111122223333"];

    // Who only looks makes no store.
    std::fs::write(folder.path().join("cache.sqlite"), "").expect("an empty file");
    let absent = ask(inspect).await;
    assert_eq!(absent.status.code(), Some(5), "{absent:?}");
    assert!(absent.stdout.contains("is not kept") && absent.stdout.contains("asks AWS"), "{absent:?}");
    assert_eq!(ask(&["get", "ec2-subnets"]).await.status.code(), Some(0));
    let fresh = ask(inspect).await.stdout;
    assert!(fresh.contains("is fresh") && fresh.contains("AWS is not asked"), "{fresh}");
    assert_eq!(ask(&["cache", "clear", "--region", "us-east-1"]).await.status.code(), Some(0));
    let dead = ask(inspect).await.stdout;
    assert!(dead.contains("is dead") && dead.contains("*#us-east-1#*#* at 1, above the fence"), "{dead}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_commands_data_types_and_regions() {
    let script = larder(&["completions", "bash"], &[]).await.stdout;
    let typed = [
        ("com", "completions"),
        ("get ec2-sub", "ec2-subnets"),
        ("get ec2-subnets --region us-gov-w", "us-gov-west-1"),
        ("cache clear --type drs-q", "drs-quotas"),
        ("iam-policy --type ec2-reg", "ec2-regions"),
    ];
    for (words, completed) in typed {
        let complete = "COMP_WORDS=(larder $1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); \
                        _larder larder \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"; echo \"${COMPREPLY[@]}\"";
        let bash = ["-c", &format!("{script}\n{complete}"), "bash", words];
        let output = Command::new("bash").args(bash).output().await.expect("there is a bash");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), completed, "{words}: {output:?}");
    }
}
