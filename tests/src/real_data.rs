//! Recorded AWS data, which is not part of the project.

use std::path::PathBuf;

use crate::project;

/// The folder of recorded AWS data: `LARDER_REAL_DATA`, or `../shared/data`, from the checkout.
///
/// `None`, after saying that the test is skipped, where there is no such folder.
///
/// # Panics
/// If the folder is absent and `CI` is `true`: there, nothing may pass by being skipped.
#[must_use]
#[expect(clippy::print_stderr, reason = "a test's reader has to see that it was skipped")]
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("LARDER_REAL_DATA").unwrap_or_else(|| "../shared/data".into());
    let folder = project().join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    let absent = format!("there is no real data in {} (LARDER_REAL_DATA names another folder)", folder.display());
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
    eprintln!("skipped: {absent}");
    None
}
