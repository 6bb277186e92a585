mod accounts;
mod cache;
mod completions;
mod doctor;
mod history;
mod iam_policy;
mod runtime;
mod selection;
mod server;
mod sync;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use larder_app::configuration::{Documented, documented};

use crate::exit;

pub(crate) use accounts::{
    Accounts, AddAccount, CheckAccounts, ListAccounts, RegistryChoice, RegistryFlag, RemoveAccount,
};
pub(crate) use cache::{Cache, Clear, Inspect, Status, Warm};
pub(crate) use completions::Completions;
pub(crate) use doctor::Doctor;
pub(crate) use history::{Backup, Export, ExportFormat, History, HistoryQuery, HistoryStatus, Prune, Restore, Verify};
pub(crate) use iam_policy::IamPolicy;
pub(crate) use runtime::Runtime;
pub(crate) use selection::{AccountsFlag, REGION, REGION_OR_ALL, RegionsFlag, TYPE, TypesFlag};
pub(crate) use server::ServerFlag;
pub(crate) use sync::Sync;
pub(crate) use watch::WatchFlag;

const SETTINGS: &str = "\
The AWS SDK's own variables (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...) and profiles work as everywhere.
Settings: larder.toml, then the environment (LARDER_...), then flags.";
const ASKED_REGIONS: &str = "The AWS region asked, several with commas between them, or all; may be given again [default: AWS_REGION, else \
     AWS_DEFAULT_REGION, else the profile's]";
const MORE: &str = "larder --help lists them.";

/// Larder keeps what AWS already told you, and answers from it.
#[derive(Debug, Parser)]
#[command(name = "larder", version, after_help = after_help(), after_long_help = after_long_help(), arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Print JSON for programs instead of tables for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The configuration file [default: larder.toml in this folder, or what LARDER_CONFIG names]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer over HTTP on this machine until stopped
    Serve(Serve),
    /// Ask one question and print the answer
    Get(Get),
    /// List the data types that can be asked
    Types,
    /// See and clear what is kept
    #[command(subcommand)]
    Cache(Cache),
    /// Work out how long EC2 servers ran, from exported logs
    Runtime(Runtime),
    /// Ask AWS past the cache, and keep instances, snapshots, AMIs and costs in the history
    Sync(Sync),
    /// What is kept of inventory and costs
    #[command(subcommand)]
    History(History),
    /// The accounts that can be asked, and the roles by which they are
    #[command(subcommand)]
    Accounts(Accounts),
    /// Find out what works: login, store, roles, and which data type is permitted where
    Doctor(Doctor),
    /// Print the IAM policy that the data types need
    IamPolicy(IamPolicy),
    /// Print what makes a shell complete commands, data types and regions
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Answer for a made-up fleet of servers instead of AWS; no credentials are needed or used, and nothing is kept
    /// unless --store says where
    #[cfg(feature = "demo")]
    #[arg(long)]
    pub(crate) demo: bool,
    /// Where to listen; anywhere but on this machine it takes an issuer of access tokens, auth.issuer in larder.toml
    /// [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Default, Args)]
pub(crate) struct DatabaseFlag {
    /// Where the history is kept: sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE or none; others on this machine see a
    /// password here, and not in LARDER_DATABASE [default: sqlite in the user's data folder, a file of its own where
    /// AWS_ENDPOINT_URL is set]
    #[arg(long, value_name = "DATABASE")]
    pub(crate) database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StoreFlag {
    /// Where entries are kept: sqlite:PATH, dynamodb:TABLE or memory [default: sqlite in the user's cache folder, a
    /// file of its own where AWS_ENDPOINT_URL is set]
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<String>,
}

#[derive(Debug, Args)]
#[command(mut_arg("regions", |it| it.help(ASKED_REGIONS)))]
pub(crate) struct Get {
    /// The data type, such as ec2-subnets; `larder types` lists them
    #[arg(value_name = TYPE)]
    pub(crate) data_type: String,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    /// The account asked [default: that of the AWS credentials]
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Ask AWS even if a fresh answer is kept; with --watch, the first time only
    #[arg(long)]
    pub(crate) fresh: bool,
    #[command(flatten)]
    pub(crate) watch: WatchFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

fn after_help() -> String {
    format!("{}\n{SETTINGS} {MORE}", exit::meanings())
}

/// With every setting, by its variable.
fn after_long_help() -> String {
    let settings = documented().into_iter().map(|setting| {
        let Documented { key, variable, default, help } = setting;
        format!("  {variable} ({key}): {help} [default: {default}]\n")
    });
    format!("{}\n{SETTINGS}\n\n{}", exit::meanings(), settings.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_tells_what_people_look_for() {
        let help = Arguments::command().render_help().to_string();
        assert!(help.contains("  4  access denied, or no valid credentials"), "{help}");
        let long = Arguments::command().render_long_help().to_string();
        assert!(documented().iter().all(|setting| long.contains(&setting.variable)), "{long}");
        let mut command = Arguments::command();
        let get = command.find_subcommand_mut("get").expect("a command").render_help().to_string();
        assert!(get.contains("AWS_DEFAULT_REGION") && get.contains("profile"), "{get}");
    }

    #[test]
    fn clearing_everything_has_to_be_said() {
        let parse = |words: &str| Arguments::try_parse_from(words.split(' ')).is_ok();
        assert!(!parse("larder cache clear"));
        assert!(!parse("larder cache clear --purge"));
        assert!(parse("larder cache clear --all"));
        assert!(parse("larder cache clear --type ec2-subnets --region us-east-1"));
        assert!(parse("larder cache clear --account 111122223333,444455556666"));
        assert!(!parse("larder cache clear --all --region us-east-1"));
    }
}
