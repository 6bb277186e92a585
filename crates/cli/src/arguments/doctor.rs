use clap::Args;

use super::StoreFlag;

/// What is examined.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A data type; may be given several times [default: every one]
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) data_types: Vec<String>,
    /// A region, several with commas between them, or all that each account may use; may be given several times
    #[arg(long = "region", value_name = "REGION", value_delimiter = ',', default_value = "all")]
    pub(crate) regions: Vec<String>,
    /// An account; may be given several times [default: every one]
    #[arg(long = "account", value_name = "ID", value_delimiter = ',')]
    pub(crate) accounts: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreFlag,
}
