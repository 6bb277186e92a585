use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{StoreFlag, WatchFlag};

const STATUS_HELP: &str = "\
Examples:
  larder cache status --detailed --recent-entries 10
  larder cache status --detailed --url http://127.0.0.1:8080 --watch";

#[derive(Debug, Subcommand)]
pub(crate) enum Cache {
    /// What the store holds, by data type
    #[command(after_help = STATUS_HELP)]
    Status(Status),
    /// Invalidate what matches, for every process on the same store
    Clear(Clear),
    /// Ask before somebody else does, so that the store has the answers
    Warm(Warm),
    /// What the store holds under a key, and why it is fresh, stale or dead
    Inspect(Inspect),
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// By region and account too; of a server, also what it counted since it began
    #[arg(long)]
    pub(crate) detailed: bool,
    /// The newest entries too, at most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) recent_entries: Option<u32>,
    /// Ask a running server instead of the store: http://127.0.0.1:8080
    #[arg(long, value_name = "URL", conflicts_with = "store")]
    pub(crate) url: Option<String>,
    /// The file with the access token for the server [default: the token in LARDER_TOKEN, if there is one]
    #[arg(long, value_name = "FILE", requires = "url")]
    pub(crate) token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) watch: WatchFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Clear {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Delete the items too
    #[arg(long)]
    pub(crate) purge: bool,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

/// What to clear. Clearing everything has to be said.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Selection {
    /// Entries of one data type only
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) data_type: Option<String>,
    /// Entries of one region only
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Entries of one account only
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Everything
    #[arg(long, conflicts_with_all = ["data_type", "region", "account"])]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The key, as `larder cache status --json` or GET /cache/entries prints it: ec2-subnets#us-east-1#111122223333
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

/// What is fetched before somebody asks for it.
#[derive(Debug, Args)]
pub(crate) struct Warm {
    /// A data type; may be given several times [default: every one]
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) data_types: Vec<String>,
    /// The AWS region asked, several with commas between them, or all [default: AWS_REGION, else AWS_DEFAULT_REGION, else the profile's]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The account asked [default: that of the AWS credentials]
    #[arg(long)]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}
