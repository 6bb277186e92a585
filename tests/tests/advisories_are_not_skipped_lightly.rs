//! The check for advisories passes unchecked only where the database's host can't be reached.

use std::process::{Command, Output};

use rstest::rstest;

/// A cargo-deny that fetches and checks as told: what it writes, and the two exit codes.
const DENY: &str = r#"#!/bin/sh
echo "$WRITES" >&2
case " $* " in *" fetch "*) exit "$FETCH" ;; esac
echo 'it checks'
exit "$CHECK"
"#;

fn advisories(writes: &str, fetch: i32, check: i32) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let deny = folder.path().join("cargo-deny");
    std::fs::write(&deny, DENY).expect("it is written");
    assert!(Command::new("chmod").arg("+x").arg(&deny).status().expect("chmod runs").success());
    let script = larder_tests::project().join("tests/counterparts/advisories");
    let mut command = Command::new(script);
    let command = command.arg(&deny).env("WRITES", writes);
    command.env("FETCH", fetch.to_string()).env("CHECK", check.to_string()).output().expect("it runs")
}

#[rstest]
#[case("fatal: unable to access 'https://host/db/': Could not resolve host: host")]
#[case("fatal: unable to access 'https://host/db/': Failed to connect to host port 443 after 2 ms")]
#[case("connect to host: Connection refused")]
fn a_host_that_cannot_be_reached_is_said(#[case] writes: &str) {
    let skipped = advisories(writes, 1, 0);
    let said = String::from_utf8_lossy(&skipped.stdout);
    assert!(skipped.status.success(), "{skipped:?}");
    assert!(said.contains("not checked") && said.contains(writes) && !said.contains("it checks"), "{said}");
}

#[rstest]
#[case("error: unexpected argument 'db' found")]
#[case("failed to deserialize config from '.deny.toml'")]
#[case("fatal: No space left on device")]
fn any_other_trouble_fails(#[case] writes: &str) {
    let failed = advisories(writes, 1, 0);
    assert!(!failed.status.success(), "{failed:?}");
    assert!(String::from_utf8_lossy(&failed.stderr).contains(writes), "{failed:?}");
}

#[test]
fn with_the_database_the_check_decides() {
    assert!(advisories("", 0, 0).status.success());
    assert!(!advisories("", 0, 1).status.success(), "an advisory passes");
}
