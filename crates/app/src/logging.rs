use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::configuration::LogLevel;

/// How log lines look. They go to stderr, so that stdout is the program's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for CloudWatch.
    Json,
}

/// Begins to log: Larder's own words from `level` up, those of others from warnings up unless that is `trace`. The
/// name `larder` stands for the program and for every crate whose name begins with it.
pub fn start_logging(level: LogLevel, format: LogFormat) {
    start_logging_to(level, format, io::stderr);
}

/// The same through a writer to stderr that shows something else there meanwhile.
pub fn start_logging_to<W: io::Write + 'static>(level: LogLevel, format: LogFormat, writer: fn() -> W) {
    let others = if level == LogLevel::Trace { "debug" } else { "warn" };
    let others = if level == LogLevel::Error { "error" } else { others };
    let filter = EnvFilter::new(format!("{others},larder={level},tower_http={level}"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A second call, as in tests, leaves the first subscriber where it is.
    let _ = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
}
