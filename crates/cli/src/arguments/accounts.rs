use clap::{Args, Subcommand, ValueEnum};

use super::{DatabaseFlag, REGION, RegionsFlag, StoreFlag};

const USED: &str = "A region that the account uses, or several with commas between them; may be given again";

#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// List the accounts that can be asked, and where they are registered
    List(ListAccounts),
    /// Register an account, or replace what is registered of it
    Add(AddAccount),
    /// Remove an account from where it is registered
    Remove(RemoveAccount),
    /// Find out whether the accounts' roles can be assumed
    Check(CheckAccounts),
}

#[derive(Debug, Args)]
pub(crate) struct ListAccounts {
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
}

#[derive(Debug, Args)]
#[command(mut_arg("regions", |regions| regions.value_name(REGION).help(USED)))]
pub(crate) struct AddAccount {
    /// The account: 12 digits
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// What people call it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The role by which it is asked; only the account of Larder's own credentials can do without
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// What the role's trust policy wants to hear from us
    #[arg(long, value_name = "TEXT")]
    pub(crate) external_id: Option<String>,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    #[command(flatten)]
    pub(crate) registry: RegistryFlag,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveAccount {
    /// The account: 12 digits
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) registry: RegistryFlag,
    #[command(flatten)]
    pub(crate) database: DatabaseFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryFlag {
    /// Where it is registered [default: the history's database if --database names one, else the accounts table if one is
    /// configured (ACCOUNTS_TABLE_NAME), else larder.toml]
    #[arg(long = "in", value_name = "PLACE")]
    pub(crate) registry: Option<RegistryChoice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegistryChoice {
    /// [[accounts]] in larder.toml
    File,
    /// The accounts table
    Table,
    /// The history's database, whose accounts are asked where no accounts table is configured
    Database,
}

#[derive(Debug, Args)]
pub(crate) struct CheckAccounts {
    /// The accounts [default: every one]
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
}
