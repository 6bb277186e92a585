//! Where the project lies.

use std::path::PathBuf;

/// The checkout that this runs in: the nearest folder with a Cargo.lock, from the current one upwards. Asked when it
/// runs: checkouts may share a target folder, and then the one that was compiled is not the one that is tested.
///
/// # Panics
/// If this runs outside of a checkout.
#[must_use]
pub fn project() -> PathBuf {
    let here = std::env::current_dir().expect("there is a current folder");
    let found = here.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    found.unwrap_or_else(|| panic!("{} is in no checkout of the project", here.display())).to_owned()
}
