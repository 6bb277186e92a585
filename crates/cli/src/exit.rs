use std::process::ExitCode;

use larder_app::configuration::ConfigurationError;
use larder_app::problem::{Code, Problem};

use crate::output;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Aws = 3,
    Denied = 4,
    Nothing = 5,
    /// What shells give for SIGINT: 128 and its number.
    Interrupted = 130,
    /// What shells give for SIGTERM.
    Terminated = 143,
}

/// What each way to end means, for people.
const MEANINGS: [(Exit, &str); 8] = [
    (Exit::Done, "done"),
    (Exit::Failed, "failed"),
    (Exit::Usage, "wrong usage or configuration"),
    (Exit::Aws, "AWS failed or throttled"),
    (Exit::Denied, "access denied, or no valid credentials"),
    (Exit::Nothing, "nothing found or cached"),
    (Exit::Interrupted, "ended by Ctrl-C before it was done"),
    (Exit::Terminated, "ended by SIGTERM before it was done"),
];

/// The meanings of the exit codes, one a line.
pub(crate) fn meanings() -> String {
    MEANINGS
        .iter()
        .fold(String::from("Exit codes:\n"), |text, (exit, meaning)| text + &format!("{:>3}  {meaning}\n", *exit as u8))
}

/// A use of the program that can't work, whatever AWS says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUsage(pub String);

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Says what went wrong on stderr, and gives the code for it.
pub(crate) fn failed(error: &anyhow::Error, json: bool) -> ExitCode {
    output::complain(&words(error, json));
    of_error(error).into()
}

/// What went wrong, in a line.
pub(crate) fn words(error: &anyhow::Error, json: bool) -> String {
    match error.downcast_ref::<Problem>() {
        Some(problem) if json => problem.document().to_string(),
        Some(problem) => format!("error: {} ({})", problem.detail(), problem.code().name()),
        None => format!("error: {error:#}"),
    }
}

fn of_error(error: &anyhow::Error) -> Exit {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return of_code(problem.code());
    }
    let usage = error.is::<ConfigurationError>() || error.is::<WrongUsage>();
    if usage { Exit::Usage } else { Exit::Failed }
}

/// Whose fault a problem of that code is.
pub(crate) fn of_code(code: Code) -> Exit {
    match code {
        Code::MissingRegion
        | Code::UnknownRegion
        | Code::InvalidAccount
        | Code::UnknownAccount
        | Code::UnknownDataType
        | Code::UnknownParameter
        | Code::InvalidLimit
        | Code::InvalidCursor
        | Code::InvalidKey
        | Code::InvalidMonth
        | Code::InvalidPeriod
        | Code::InvalidParameter
        | Code::InvalidInstanceId
        | Code::InvalidBody
        | Code::UnknownField
        | Code::UnsupportedMediaType
        | Code::BodyTooLarge => Exit::Usage,
        Code::UpstreamThrottled
        | Code::UpstreamUnavailable
        | Code::UpstreamTimeout
        | Code::UpstreamRejected
        | Code::UpstreamMalformed
        | Code::UpstreamEndless
        | Code::Deadline
        | Code::EveryRegionFailed
        | Code::EveryAccountFailed
        | Code::NothingSynced
        | Code::Overloaded => Exit::Aws,
        Code::AccessDenied
        | Code::AwsCredentials
        | Code::Unauthenticated
        | Code::Forbidden
        | Code::ForbiddenAccount => Exit::Denied,
        Code::NotCached
        | Code::NotFound
        | Code::UnknownServer
        | Code::RuntimeNotConfigured
        | Code::HistoryNotConfigured
        | Code::RuntimeNotKnown
        | Code::RuntimeNotReady => Exit::Nothing,
        Code::ResultTooLarge
        | Code::MethodNotAllowed
        | Code::StoreUnavailable
        | Code::HistoryUnavailable
        | Code::IssuerUnavailable
        | Code::Internal => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_gives_every_code_its_meaning() {
        let readme = std::fs::read_to_string("../../README.md").expect("the README can be read");
        let words: Vec<_> = readme.split_whitespace().collect();
        let codes: Vec<_> = MEANINGS.iter().map(|(exit, meaning)| format!("{} {meaning}", *exit as u8)).collect();
        let line = format!("Exit codes: {}.", codes.join(" · "));
        assert!(words.join(" ").contains(&line), "the README lacks: {line}");
    }

    #[test]
    fn the_code_says_whose_fault_it_is() {
        let of = |code| of_error(&Problem::new(code, "No.").into());
        assert_eq!(of(Code::UnknownRegion), Exit::Usage);
        assert_eq!(of(Code::UpstreamThrottled), Exit::Aws);
        assert_eq!(of(Code::AwsCredentials), Exit::Denied);
        assert_eq!(of(Code::NotCached), Exit::Nothing);
        assert_eq!(of_error(&WrongUsage("no".to_owned()).into()), Exit::Usage);
        assert_eq!(of_error(&anyhow::anyhow!("no")), Exit::Failed);
    }
}
