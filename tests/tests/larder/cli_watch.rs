//! `--watch`: the cache is asked again and again, AWS only when the cache has nothing.

use larder_tests::{Program, wait_until};
use serde_json::Value;

use crate::cloud::{Cloud, FIRST};
use crate::door::borrowed;

const WATCH: [&str; 4] = ["get", "drs-quotas", "--watch", "1"];

/// A cloud, and the variables for a store that other processes can open.
async fn world(folder: &tempfile::TempDir) -> (Cloud, Vec<(&'static str, String)>) {
    let cloud = Cloud::start().await;
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store), ("LARDER_COHERENCE_WINDOW_MS", "0")]);
    (cloud, env)
}

/// Waits until so many lines contain the text.
async fn until(program: &Program, count: usize, text: &str) {
    let enough = async || {
        let log = program.log();
        Ok((log.iter().map(|line| line.matches(text).count()).sum::<usize>() >= count).then_some(()))
    };
    wait_until("there are enough rounds", enough)
        .await
        .unwrap_or_else(|error| panic!("{error:#}: {:?}", program.log()));
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_is_asked_once_until_something_is_invalidated() {
    let folder = tempfile::tempdir().expect("a folder");
    let (cloud, env) = world(&folder).await;
    let args = [&WATCH[..], &["--json"]].concat();
    let watch = Program::start("larder", &args, &borrowed(&env)).expect("it starts");
    watch.line("from AWS").await.expect("the first round");
    let calls = cloud.calls();
    until(&watch, 2, "from memory").await;
    assert_eq!(cloud.calls(), calls, "later rounds ask AWS");
    let clear = ["cache", "clear", "--type", "drs-quotas"];
    let cleared = Program::run("larder", &clear, &borrowed(&env)).await.expect("it ends");
    assert_eq!(cleared.status.code(), Some(0), "{cleared:?}");
    until(&watch, 2, "from AWS").await;
    watch.interrupt().expect("it runs");
    let finished = watch.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    assert!(finished.stdout.lines().count() >= 4, "{finished:?}");
    for line in finished.stdout.lines() {
        let answer: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(answer["status"], "WARNING");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_is_a_line_of_json_for_each_round() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_cloud, env) = world(&folder).await;
    std::fs::write(folder.path().join("cache.sqlite"), "").expect("an empty file, which any command fills");
    let args = ["cache", "status", "--detailed", "--watch", "1", "--json"];
    let watch = Program::start("larder", &args, &borrowed(&env)).expect("it starts");
    until(&watch, 2, "\"health\":\"ok\"").await;
    watch.terminate().expect("it runs");
    let finished = watch.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let whole = finished.stdout.lines().all(|line| serde_json::from_str::<Value>(line).is_ok());
    assert!(whole && finished.stderr.is_empty(), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_at_first_ends_it_with_its_own_code() {
    let args = ["get", "ec2-subnets", "--region", "us-east-9", "--watch"];
    let finished = Program::run("larder", &args, &[]).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cache_there_is_no_watch_that_would_ask_aws_each_time() {
    let cloud = Cloud::start().await;
    let env = cloud.env(FIRST, &[("LARDER_CACHE_DISABLED", "true")]);
    let refused = Program::run("larder", &WATCH, &borrowed(&env)).await.expect("it ends");
    assert_eq!((refused.status.code(), cloud.calls()), (Some(1), 0), "{refused:?}");
    assert!(refused.stderr.contains("LARDER_CACHE_DISABLED"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_drawn_anew_in_place() {
    const CLEAR: &str = "\u{1b}[2J\r\u{1b}[H";
    const HOME: &str = "\u{1b}[H";
    let folder = tempfile::tempdir().expect("a folder");
    let (_cloud, env) = world(&folder).await;
    let watch = Program::start_on_terminal("larder", &WATCH, &borrowed(&env)).expect("it starts");
    until(&watch, 3, "every 1 s; Ctrl-C ends").await;
    watch.interrupt().expect("it runs");
    let finished = watch.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let (before, frames) = finished.stdout.split_once(CLEAR).expect("it clears the screen");
    assert!(before.contains("asking for drs-quotas"), "progress comes before the first answer: {before:?}");
    assert!(!frames.contains("asking for"), "and never again: {frames:?}");
    assert!(!frames.contains(CLEAR), "it flickers: {frames:?}");
    let drawn = frames.split(HOME).filter(|frame| frame.contains("accountId") && frame.contains("from memory"));
    assert!(drawn.count() >= 2, "{frames:?}");
}
