//! Progress is for who sits at a terminal, and gone before the answer.

use larder_tests::Program;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::door::borrowed;

/// What a spinner leaves nothing behind with.
const CLEAR_LINE: &str = "\u{1b}[2K";

#[rstest]
#[case(&["get", "ec2-subnets"], "asking for ec2-subnets", "of ec2-subnets")]
#[case(&["cache", "clear", "--all", "--purge"], "deleting the items", "Cache invalidated")]
#[case(&["cache", "status"], "asking the store", "health  ok")]
#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_on_a_terminal_only(#[case] args: &[&str], #[case] progress: &str, #[case] answer: &str) {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    // Who only looks makes no store.
    std::fs::write(folder.path().join("cache.sqlite"), "").expect("an empty file");
    let on_terminal = Program::start_on_terminal("larder", args, &borrowed(&env)).expect("it starts");
    let on_terminal = on_terminal.finish().await.expect("it ends");
    assert_eq!(on_terminal.status.code(), Some(0), "{on_terminal:?}");
    let (before, after) = on_terminal.stdout.rsplit_once(CLEAR_LINE).expect("the line is cleared");
    assert!(before.contains(progress) && !before.contains(answer), "{before:?}");
    assert!(after.contains(answer) && !after.contains(progress), "{after:?}");

    let piped = Program::run("larder", args, &borrowed(&env)).await.expect("it ends");
    assert_eq!(piped.status.code(), Some(0), "{piped:?}");
    let all = format!("{}{}", piped.stdout, piped.stderr);
    assert!(all.contains(answer) && !all.contains(progress) && !all.contains('\u{1b}'), "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_has_a_line_of_its_own() {
    let told = warned(&[]).await;
    let (before, _) = told.split_once("WARN").expect("that a fetch failed is logged");
    let line = before.rsplit(['\n', 'K']).next().expect("a line");
    assert!(before.contains("asking for") && !line.contains("asking for"), "{before:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_coloured_unless_nobody_wants_that() {
    const YELLOW: &str = "\u{1b}[33m";
    assert!(warned(&[]).await.contains(YELLOW) && warned(&[("NO_COLOR", "")]).await.contains(YELLOW));
    let plain = warned(&[("NO_COLOR", "1")]).await;
    assert!(plain.contains("WARN") && !plain.contains(YELLOW), "{plain:?}");
}

/// What a terminal gets of a command that logs a warning.
async fn warned(more: &[(&str, &str)]) -> String {
    let env = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("LARDER_ACCOUNT_ID", "111122223333"),
        ("LARDER_STORE", "memory"),
        ("LOG_LEVEL", "warn"),
    ];
    let (args, env) = (["get", "ec2-subnets", "--region", "us-east-1"], [&env, more].concat());
    let finished =
        Program::start_on_terminal("larder", &args, &env).expect("it starts").finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(3), "{finished:?}");
    finished.stdout
}
