use std::fs;
use std::path::Path;
use std::process::Command;

use larder_tests::found_secrets;
use rstest::rstest;

/// A checkout with one file, which git does not know yet.
fn checkout(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let init = Command::new("git").args(["init", "--quiet"]).current_dir(folder.path()).status().expect("git runs");
    assert!(init.success());
    fs::write(folder.path().join("notes.txt"), text).expect("written");
    folder
}

fn found_in(checkout: &Path, allowed: &str) -> String {
    let list = tempfile::NamedTempFile::new().expect("a file");
    fs::write(list.path(), allowed).expect("written");
    found_secrets(checkout, list.path()).expect("the scanner runs")
}

/// Put together here, so that this file holds none.
#[rstest]
#[case(&["id: AKIA", "2E0A8F3B244C9986"], "AWS Access Key")]
#[case(&["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"], "GitHub Token")]
#[case(&["seen: eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"], "JSON Web Token")]
#[case(&["db_pass", "word: hunter2-is-mine"], "Secret Keyword")]
fn a_planted_secret_is_noticed(#[case] parts: &[&str], #[case] kind: &str) {
    let checkout = checkout(&parts.concat());
    let found = found_in(checkout.path(), "");
    assert!(found.starts_with(&format!("notes.txt:1: looks like a secret ({kind})")), "{found}");
    let line = found.lines().nth(1).expect("how it is excepted").trim();
    assert!(found_in(checkout.path(), line).contains("a line is path | kind | digest | reason"), "a reason is needed");
    assert_eq!(found_in(checkout.path(), &format!("{line} an example")), "");
}

#[test]
fn an_exception_that_is_not_needed_is_noticed() {
    let checkout = checkout("nothing: here\n");
    assert_eq!(found_in(checkout.path(), "# path | kind | digest | reason\n"), "");
    let found = found_in(checkout.path(), "notes.txt | Private Key | 0123456789ab | it was an example\n");
    assert!(found.contains("nothing there looks like one any more"), "{found}");
}
