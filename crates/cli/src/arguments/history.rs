use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{AccountsFlag, DatabaseFlag};

const PRUNE_HELP: &str = "\
What is current is never deleted: only versions that others took the place of, costs and records of syncs.
Examples:
  larder history prune --versions-months 24 --dry-run
  larder history prune --versions-months 24 --costs-months 36";

const EXPORT_HELP: &str = "\
Examples:
  larder history export cost_data --format csv --output costs.csv
  larder history export resource_versions | gzip > versions.jsonl.gz";

const BACKUP_HELP: &str = "\
Of PostgreSQL, take:
  pg_dump --format=custom --file=history.dump \"$LARDER_DATABASE\"
  pg_restore --clean --if-exists --exit-on-error --dbname=\"$LARDER_DATABASE\" history.dump";

/// The history: inventory and costs, kept.
#[derive(Debug, Subcommand)]
pub(crate) enum History {
    /// What the database holds, and how the last syncs went
    Status(HistoryStatus),
    /// Answer one of the questions that the history is for; without a name, list them
    Query(HistoryQuery),
    /// Delete what is past its retention
    #[command(after_help = PRUNE_HELP)]
    Prune(Prune),
    /// Look for what contradicts itself
    Verify(Verify),
    /// Print a table, as lines of JSON or comma-separated values
    #[command(after_help = EXPORT_HELP)]
    Export(Export),
    /// Copy the SQLite database, also while it is written to
    #[command(after_help = BACKUP_HELP)]
    Backup(Backup),
    /// Put a backup in the place of the SQLite database, which is kept beside it
    #[command(after_help = BACKUP_HELP)]
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(crate) struct HistoryStatus {
    /// The newest syncs too, at most so many
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) syncs: u32,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryQuery {
    /// Which: `larder history query` lists them
    pub(crate) name: Option<String>,
    /// A parameter of the query, as name=value; may be given again
    #[arg(long = "with", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Keep versions and records of syncs of so many months besides the current one [default: history.versions_months]
    #[arg(long, value_name = "MONTHS")]
    pub(crate) versions_months: Option<u16>,
    /// Keep costs of so many months besides the current one [default: history.costs_months]
    #[arg(long, value_name = "MONTHS")]
    pub(crate) costs_months: Option<u16>,
    /// Tell what would be deleted, and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// resources, resource_versions, cost_data, sync_history or cloud_accounts
    pub(crate) table: String,
    /// As what
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    /// The file, made anew [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A JSON object on each line
    #[default]
    Jsonl,
    /// Comma-separated values, with the names of the columns above
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file, which must not be there yet
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// What `larder history backup` wrote
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}
