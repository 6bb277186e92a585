use clap::Args;

use super::selection::FREE_TYPES;
use super::{AccountsFlag, RegionsFlag, StoreFlag, TypesFlag};

const REGIONS: &str =
    "A region, several with commas between them, or all that each account may use; may be given again [default: all]";
const ACCOUNTS: &str = "An account, or several with commas between them; may be given again [default: every one]";

/// What is examined.
#[derive(Debug, Args)]
#[command(
    mut_arg("types", |it| it.help(FREE_TYPES)),
    mut_arg("regions", |it| it.help(REGIONS)),
    mut_arg("accounts", |it| it.help(ACCOUNTS))
)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) types: TypesFlag,
    #[command(flatten)]
    pub(crate) regions: RegionsFlag,
    #[command(flatten)]
    pub(crate) accounts: AccountsFlag,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}
