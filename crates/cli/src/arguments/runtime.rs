use std::path::PathBuf;

use clap::Args;
use larder_app::{Month, Second};

use super::{AccountsFlag, RegionsFlag, ServerFlag, StoreFlag, WatchFlag};

const HELP: &str = "\
Examples:
  larder runtime --region us-east-1
  larder runtime --month 2025-10 --csv
  larder runtime --url http://127.0.0.1:8080 --watch
  larder runtime --from-logs AWSLogs/111122223333/CloudTrail/us-east-1/2025/11
  larder runtime --from-logs events.jsonl --since 2025-11-01T00:00:00Z --as-of 2025-11-15T00:00:00Z --csv";
const REGIONS: &str = "Servers of that region only, of several with commas between them, or of all; may be given again";
const ACCOUNTS: &str = "Servers of that account only, or of several with commas between them; may be given again";
const WATCH: &str = "Answer again and again, after so many seconds each [default: 2], until Ctrl-C, which ends with exit \
                     code 0. What is kept is told; AWS is asked once it is over an hour old";
const STORE: &str = "Beside which store running minutes are kept, where RUNTIME_TABLE_NAME names no table: sqlite:PATH or \
                     memory [default: in the user's cache folder]";
/// What only makes sense without logs.
const LIVE: [&str; 6] = ["regions", "accounts", "watch", "url", "store", "fresh"];

/// How long EC2 servers ran, by evidence.
#[derive(Debug, Args)]
#[command(
    mut_arg("regions", |it| it.help(REGIONS)),
    mut_arg("accounts", |it| it.help(ACCOUNTS)),
    mut_arg("watch", |it| it.help(WATCH)),
    mut_arg("store", |it| it.help(STORE)),
    after_help = HELP
)]
pub(crate) struct Runtime {
    /// One month only, such as 2025-11 [default: the current one; of logs, every one that they touch]
    #[arg(long, value_name = "MONTH")]
    pub(crate) month: Option<Month>,
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    /// Work them out now, also if what is kept is less than an hour old
    #[arg(long, conflicts_with_all = ["url", "watch"])]
    pub(crate) fresh: bool,
    #[command(flatten)]
    pub(crate) server: ServerFlag,
    #[command(flatten)]
    pub(crate) watch: WatchFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
    /// Log files of CloudTrail instead of AWS, or folders of them: delivered files, LookupEvents' answers, EventBridge's
    /// events, lists or lines of them, gzipped or not
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = LIVE)]
    pub(crate) from_logs: Vec<PathBuf>,
    /// What `aws ec2 describe-instances` printed at --as-of
    #[arg(long, value_name = "FILE", requires = "from_logs")]
    pub(crate) describe: Option<PathBuf>,
    /// From when on to tell, such as 2025-11-01T00:00:00Z: the logs must be complete since then, so that a server whose
    /// first event is an end ran since then [default: the first event]
    #[arg(long, value_name = "TIME", requires = "from_logs")]
    pub(crate) since: Option<Second>,
    /// Until when to tell [default: the last event]
    #[arg(long, value_name = "TIME", requires = "from_logs")]
    pub(crate) as_of: Option<Second>,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}
