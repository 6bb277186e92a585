use std::path::PathBuf;

use clap::Args;
use larder_app::{Month, Second};

const HELP: &str = "\
Examples:
  larder runtime --from-logs AWSLogs/111122223333/CloudTrail/us-east-1/2025/11
  larder runtime --from-logs events.jsonl --since 2025-11-01T00:00:00Z --as-of 2025-11-15T00:00:00Z --csv";

/// How long EC2 servers ran, by evidence.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Runtime {
    /// Log files of CloudTrail, or folders of them: delivered files, LookupEvents' answers, EventBridge's events, lists
    /// or lines of them, gzipped or not
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(crate) from_logs: Vec<PathBuf>,
    /// What `aws ec2 describe-instances` printed at --as-of
    #[arg(long, value_name = "FILE")]
    pub(crate) describe: Option<PathBuf>,
    /// One month only, such as 2025-11 [default: every one that the logs touch]
    #[arg(long, value_name = "MONTH")]
    pub(crate) month: Option<Month>,
    /// The logs are complete from then on, such as 2025-11-01T00:00:00Z; who ends first ran since then [default: the
    /// first event]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Second>,
    /// Until when to tell [default: the last event]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Second>,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}
