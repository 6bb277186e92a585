use std::fmt;
use std::path::PathBuf;

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The file that was named can't be read.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such setting.
    #[error("{source_of}: there is no such setting{}", suggestion(nearest.as_deref()))]
    Unknown {
        /// Where it was found, with its name.
        source_of: Source,
        /// The known one that is most like it.
        nearest: Option<String>,
    },
    /// A setting's value is not one it can have.
    #[error("{source_of}: {reason}")]
    Value {
        /// Where it was found, with its name.
        source_of: Source,
        /// What was given, and what would be right.
        reason: String,
    },
    /// Settings that are only good together, of which one is missing.
    #[error("{0}")]
    Incomplete(String),
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A key in the file.
    File(PathBuf, String),
    /// A variable.
    Environment(String),
    /// A flag of the program.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, key) => write!(f, "{}, {key}", path.display()),
            Self::Environment(variable) => write!(f, "{variable} (environment)"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}
