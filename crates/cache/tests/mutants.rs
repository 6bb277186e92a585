//! The mutants that `make mutants` holds the simulated fleets against are mutants of the cache as it is.

use std::fs;
use std::process::{Command, Stdio};

#[test]
fn every_mutant_still_applies_and_says_what_it_breaks() {
    let folder = larder_tests::project().join("crates/cache/mutants");
    let files = fs::read_dir(&folder).expect("there are mutants").map(|file| file.expect("readable").path());
    let mutants: Vec<_> = files.filter(|file| file.extension().is_some_and(|it| it == "patch")).collect();
    assert!(!mutants.is_empty(), "in {}", folder.display());
    for mutant in mutants {
        let text = fs::read_to_string(&mutant).expect("text");
        assert!(text.lines().next().is_some_and(|says| says.ends_with('.')), "{}: no sentence", mutant.display());
        let applied = Command::new("patch")
            .args(["--dry-run", "--strip=1", "--fuzz=0", "--force", "--silent", "--input"])
            .arg(&mutant)
            .current_dir(larder_tests::project())
            .stdout(Stdio::null())
            .status()
            .expect("patch is installed");
        assert!(applied.success(), "{} does not apply any more", mutant.display());
    }
}
