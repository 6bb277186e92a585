use std::path::{Path, PathBuf};

use super::read::{FILE_VARIABLE, merge, place, variables};
use super::{Configuration, ConfigurationError, Flag, settings};

/// The file of the configuration as it stands, for a command that changes it or tells of it. It need not be there.
pub struct ConfigurationFile {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// What it says, if it is there.
    pub text: Option<String>,
}

impl ConfigurationFile {
    /// `file`, or what `LARDER_CONFIG` names, or `larder.toml` in the current folder.
    ///
    /// # Errors
    /// [`ConfigurationError::File`] for one that is there and can't be read.
    pub fn read(file: Option<PathBuf>) -> Result<Self, ConfigurationError> {
        let (path, _) = place(file, &variables());
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text: Some(text) }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self { path, text: None }),
            Err(error) => Err(ConfigurationError::File { path, reason: error.to_string() }),
        }
    }

    /// The configuration that it makes with the process's environment and the flags.
    ///
    /// # Errors
    /// As [`super::load`], but a file that isn't there is none.
    pub fn configuration(&self, flags: &[Flag]) -> Result<Configuration, ConfigurationError> {
        merge((&self.path, self.text.as_deref().unwrap_or_default()), &variables(), flags)
    }
}

/// Makes sure that `text` may stand in the file at `path`.
///
/// # Errors
/// What reading it would fail with.
pub fn check_file(path: &Path, text: &str) -> Result<(), ConfigurationError> {
    merge((path, text), &[], &[]).map(drop)
}

/// The variables of the process's environment that set something, in the README's order.
#[must_use]
pub fn variables_set() -> Vec<String> {
    let environment = variables();
    let known = settings().into_iter().map(|setting| setting.variable.into_owned());
    let known = std::iter::once(FILE_VARIABLE.to_owned()).chain(known);
    known.filter(|known| environment.iter().any(|(name, _)| name == known)).collect()
}

/// Whether a terminal may be coloured: not where `NO_COLOR` is set to anything, as <https://no-color.org> has it.
pub(crate) fn colours_wanted() -> bool {
    variables().iter().all(|(name, value)| name != "NO_COLOR" || value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_says_nothing() {
        let file = ConfigurationFile::read(Some("there/is/none.toml".into())).expect("none is no mistake");
        assert_eq!((file.path.as_path(), file.text), (Path::new("there/is/none.toml"), None));
        assert!(ConfigurationFile::read(Some("src".into())).is_err(), "a folder is");
    }

    #[test]
    fn a_text_that_could_not_be_read_again_is_refused() {
        assert!(check_file(Path::new("larder.toml"), "[[accounts]]\naccount_id = \"444455556666\"\n").is_ok());
        let refused =
            check_file(Path::new("larder.toml"), "[[accounts]]\naccount_id = \"4444\"\n").expect_err("refused");
        assert!(refused.to_string().starts_with("larder.toml, accounts, number 1: "), "{refused}");
    }
}
