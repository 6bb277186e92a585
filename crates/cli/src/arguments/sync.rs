use clap::Args;
use larder_app::problem::Problem;
use larder_app::sync::{SyncRequest, what_of_text};

use super::{AccountsFlag, DatabaseFlag, RegionsFlag, StoreFlag};

const HELP: &str = "\
Costs are asked for only where they are named: Cost Explorer takes $0.01 for each page.
Examples:
  larder sync
  larder sync --account 111122223333 --region us-east-1,eu-west-1 --what instances
  larder sync --what costs";
const REGIONS: &str = "A region, several with commas between them, or all that the account may use; may be given again \
                       [default: all]";
const ACCOUNTS: &str = "An account, or several with commas between them; may be given again [default: every one that \
                        is registered, and that of the AWS credentials]";

/// Asks AWS past the cache and keeps the answers in the history and in the cache.
#[derive(Debug, Args)]
#[command(mut_arg("regions", |it| it.help(REGIONS)), mut_arg("accounts", |it| it.help(ACCOUNTS)), after_help = HELP)]
pub(crate) struct Sync {
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    /// What: instances, snapshots, amis or costs, several with commas between them; may be given again [default:
    /// instances,snapshots,amis]
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    what: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

impl Sync {
    /// What was asked for. Of all regions, where none is named: who has no server in one learns that too.
    pub(crate) fn request(&self) -> Result<SyncRequest, Problem> {
        let mut whats = Vec::new();
        for word in &self.what {
            let what = what_of_text(word.trim())?;
            if !whats.contains(&what) {
                whats.push(what);
            }
        }
        let default = SyncRequest::of_resources();
        Ok(SyncRequest {
            accounts: self.accounts.named()?,
            whats: if whats.is_empty() { default.whats } else { whats },
            regions: self.regions.named()?.unwrap_or(default.regions),
        })
    }
}
