use std::path::PathBuf;

use larder_app::configuration::StoreChoice;
use larder_app::wiring::default_sqlite_path;
use sha2::{Digest, Sha256};

/// The store where none was chosen: a file in the user's cache folder, if the system has one. What an emulator answered
/// must never be taken for AWS's, so each set of endpoint overrides has a file of its own.
pub(crate) fn default_store(endpoint_overrides: &[String]) -> Option<StoreChoice> {
    default_sqlite_path().map(|path| StoreChoice::Sqlite(for_endpoints(path, endpoint_overrides)))
}

/// `cache.sqlite` becomes `cache-0a1b2c3d.sqlite` where AWS's own endpoints are overridden.
pub(crate) fn for_endpoints(path: PathBuf, overrides: &[String]) -> PathBuf {
    if overrides.is_empty() {
        return path;
    }
    let digest = Sha256::digest(overrides.join("\n"));
    let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let name = path.file_stem().unwrap_or_default().display();
    path.with_file_name(format!("{name}-{short}.sqlite"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_has_a_file_of_its_own() {
        let of = |overrides: &[&str]| {
            let overrides: Vec<_> = overrides.iter().map(|&it| it.to_owned()).collect();
            let path = for_endpoints(PathBuf::from("/c/cache.sqlite"), &overrides);
            path.to_str().expect("a text").to_owned()
        };
        let (one, other) = (of(&["AWS_ENDPOINT_URL=http://a"]), of(&["AWS_ENDPOINT_URL=http://b"]));
        assert_eq!(of(&[]), "/c/cache.sqlite");
        assert_ne!(one, other);
        assert_eq!(one, of(&["AWS_ENDPOINT_URL=http://a"]), "the next run finds it");
        let digest = one.strip_prefix("/c/cache-").and_then(|rest| rest.strip_suffix(".sqlite")).expect("its form");
        assert!(digest.len() == 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    }
}
