//! The top level of the project holds the rooms, the manifests and the deployment's templates, and nothing else.

use std::process::Command;

const TOP: &[&str] =
    &["Cargo.lock", "Cargo.toml", "Makefile", "README.md", "bench", "cfn", "crates", "template.yaml", "tests"];

#[test]
fn the_top_level_holds_no_stranger() {
    // What git knows, not what lies about: a build may leave folders of its own.
    let listed = Command::new("git").arg("ls-files").current_dir(larder_tests::project()).output().expect("git runs");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let first_parts: Vec<_> = listed.lines().map(|path| path.split('/').next().unwrap_or(path)).collect();
    assert!(first_parts.contains(&"Cargo.toml"), "git lists this project's files");
    let strangers: Vec<_> =
        first_parts.into_iter().filter(|name| !name.starts_with('.') && !TOP.contains(name)).collect();
    assert_eq!(strangers, [] as [&str; 0]);
}
