use clap::Args;

use super::TypesFlag;

const HELP: &str = "\
Examples:
  larder iam-policy > larder-read.json
  aws iam create-policy --policy-name larder-read --policy-document file://larder-read.json
  larder iam-policy --type ec2-subnets,ec2-regions
  larder iam-policy --table larder-query-cache-dev --assume-role 'arn:aws:iam::*:role/larder-read'
  larder iam-policy --runtime --runtime-table larder-runtime-dev --servers-table larder-servers-dev

The regions that `region=all` stands for are those that ec2-regions tells: it needs that type too.";

/// What the policy is to permit. The data types are those that are asked with the role's own credentials.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct IamPolicy {
    #[command(flatten)]
    pub(crate) types: TypesFlag,
    /// The DynamoDB table that entries are kept in, by name or ARN. A name stands for any region and account of the
    /// partition aws
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Option<String>,
    /// The DynamoDB table that the accounts are registered in, by name or ARN
    #[arg(long, value_name = "TABLE")]
    pub(crate) accounts_table: Option<String>,
    /// Also what running minutes are worked out of: events of CloudTrail and the instances of EC2
    #[arg(long)]
    pub(crate) runtime: bool,
    /// The DynamoDB table of what running minutes are worked out of, by name or ARN
    #[arg(long, value_name = "TABLE")]
    pub(crate) runtime_table: Option<String>,
    /// The DynamoDB table of the servers, beside which their running minutes are kept, by name or ARN
    #[arg(long, value_name = "TABLE")]
    pub(crate) servers_table: Option<String>,
    /// A role in another account that is assumed, by ARN, in which * stands for any account or part of a name; may be
    /// given several times. That the role trusts this one, its own trust policy says
    #[arg(long, value_name = "ARN")]
    pub(crate) assume_role: Vec<String>,
}
