use clap::{ArgGroup, Args, Subcommand};

use super::selection::FREE_TYPES;
use super::{AccountsFlag, RegionsFlag, ServerFlag, StoreFlag, TypesFlag, WatchFlag};

const STATUS_HELP: &str = "\
Examples:
  larder cache status --detailed --recent-entries 10
  larder cache status --detailed --url http://127.0.0.1:8080 --watch";

const CLEAR_HELP: &str = "\
Examples:
  larder cache clear --type ec2-subnets,ec2-security-groups --region us-east-1
  larder cache clear --all --url http://127.0.0.1:8080";
const CLEARED_TYPES: &str =
    "Entries of that data type only, or of several with commas between them; may be given again";
const CLEARED_REGIONS: &str =
    "Entries of that region only, of several with commas between them, or of all; may be given again";
const CLEARED_ACCOUNTS: &str =
    "Entries of that account only, or of several with commas between them; may be given again";
const WARMED_REGIONS: &str = "A region, several with commas between them, or all that the account may use; may be given again [default: \
     AWS_REGION, else AWS_DEFAULT_REGION, else the profile's]";
const WARMED_ACCOUNTS: &str =
    "An account, or several with commas between them; may be given again [default: that of the AWS credentials]";

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
    #[command(flatten)]
    pub(crate) server: ServerFlag,
    #[command(flatten)]
    pub(crate) watch: WatchFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

/// What to clear: what matches one of each kind that is named. Clearing everything has to be said.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").args(["types", "regions", "accounts", "all"]).required(true).multiple(true),
    mut_arg("types", |it| it.help(CLEARED_TYPES)),
    mut_arg("regions", |it| it.help(CLEARED_REGIONS)),
    mut_arg("accounts", |it| it.help(CLEARED_ACCOUNTS)),
    after_help = CLEAR_HELP
)]
pub(crate) struct Clear {
    #[command(flatten)]
    pub(crate) types: TypesFlag,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    /// Everything
    #[arg(long, conflicts_with_all = ["types", "regions", "accounts"])]
    pub(crate) all: bool,
    /// Delete the items too
    #[arg(long)]
    pub(crate) purge: bool,
    #[command(flatten)]
    pub(crate) server: ServerFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
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
#[command(
    mut_arg("types", |it| it.help(FREE_TYPES)),
    mut_arg("regions", |it| it.help(WARMED_REGIONS)),
    mut_arg("accounts", |it| it.help(WARMED_ACCOUNTS))
)]
pub(crate) struct Warm {
    #[command(flatten)]
    pub(crate) types: TypesFlag,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}
