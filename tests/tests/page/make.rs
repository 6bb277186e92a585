use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

/// Whether `make page` ends well where there is this npm, a script, or none.
fn makes_the_page(npm: Option<&str>) -> bool {
    let programs = tempfile::tempdir().expect("a folder");
    let path = env::var_os("PATH").expect("there is one");
    let make = env::split_paths(&path).map(|folder| folder.join("make")).find(|make| make.is_file());
    let make = make.expect("there is make");
    symlink(make, programs.path().join("make")).expect("it is linked");
    if let Some(script) = npm {
        write_program(&programs.path().join("npm"), script);
    }
    let mut command = Command::new(programs.path().join("make"));
    command.args(["--always-make", "--silent", "page"]).env("PATH", programs.path());
    command.current_dir(larder_tests::project()).output().expect("it runs").status.success()
}

fn write_program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).expect("it is written");
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it may be run");
}

#[test]
fn what_npm_can_not_install_is_no_page_without_charts() {
    assert!(!makes_the_page(Some("exit 1")), "npm failed, and nobody was told");
    assert!(makes_the_page(None), "a machine without npm has tables");
}
