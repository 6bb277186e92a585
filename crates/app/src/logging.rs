use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::configuration::{LogLevel, colours_wanted};

/// How log lines look. They go to stderr, so that stdout is the program's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for CloudWatch.
    Json,
}

/// Whose words are logged beside Larder's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Everyone's, from warnings up unless the level is `trace`.
    Everyone,
    /// Everyone's but the AWS SDK's: what it says of a failure is in the answer, without its inner parts.
    AllButAws,
}

/// Begins to log: Larder's own words from `level` up, those of others from warnings up unless that is `trace`. The
/// name `larder` stands for the program and for every crate whose name begins with it.
pub fn start_logging(level: LogLevel, format: LogFormat) {
    start_logging_to(level, Others::Everyone, format, io::stderr);
}

/// The same through a writer to stderr that shows something else there meanwhile.
pub fn start_logging_to<W: io::Write + 'static>(level: LogLevel, others: Others, format: LogFormat, writer: fn() -> W) {
    let builder =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter(level, others, format))).with_writer(writer);
    let is_coloured = io::stderr().is_terminal() && colours_wanted();
    // A second call, as in tests, leaves the first subscriber where it is.
    let _ = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(is_coloured).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
}

fn filter(level: LogLevel, others: Others, format: LogFormat) -> String {
    let rest = match level {
        LogLevel::Trace => "debug",
        LogLevel::Error => "error",
        LogLevel::Warn | LogLevel::Info | LogLevel::Debug => "warn",
    };
    // A person at a terminal wants to know what happened, not each request.
    let requests = match (format, level) {
        (LogFormat::Text, LogLevel::Info) => ",larder_app::http::access_log=warn",
        _ => "",
    };
    let aws = if others == Others::AllButAws { ",aws=off" } else { "" };
    format!("{rest},larder={level}{requests}{aws}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_silent_where_its_failures_are_told_otherwise() {
        let filter = |level, others| filter(level, others, LogFormat::Json);
        assert_eq!(filter(LogLevel::Error, Others::AllButAws), "error,larder=error,aws=off");
        assert_eq!(filter(LogLevel::Trace, Others::Everyone), "debug,larder=trace");
    }

    #[test]
    fn each_request_has_a_line_in_cloudwatch_and_on_a_terminal_if_asked_for() {
        let hidden = |level, format| filter(level, Others::Everyone, format).contains("access_log=warn");
        assert!(hidden(LogLevel::Info, LogFormat::Text) && !hidden(LogLevel::Debug, LogFormat::Text));
        assert!(!hidden(LogLevel::Info, LogFormat::Json));
    }
}
