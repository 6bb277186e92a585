//! Where the counterparts are installed.

use std::path::PathBuf;

use crate::project;

/// The folder that `make counterparts` fills: `LARDER_COUNTERPARTS`, or `.counterparts` in the checkout.
///
/// # Panics
/// If nothing is installed there. A missing counterpart fails loudly instead of passing silently.
#[must_use]
pub fn counterparts_dir() -> PathBuf {
    let folder = match std::env::var_os("LARDER_COUNTERPARTS") {
        Some(folder) => PathBuf::from(folder),
        None => project().join(".counterparts"),
    };
    // Absolute, as each counterpart is started in a folder of its own.
    folder.canonicalize().unwrap_or_else(|error| panic!("{}: {error}: run `make counterparts`", folder.display()))
}

/// The folder of one counterpart, by the name it has in the install script.
///
/// # Panics
/// If it is not installed.
pub(crate) fn counterpart(name: &str) -> PathBuf {
    let folder = counterparts_dir().join(name);
    assert!(folder.join(".pin").is_file(), "{name} is not in {}: run `make counterparts`", folder.display());
    folder
}
