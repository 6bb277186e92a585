use std::collections::{BTreeMap, BTreeSet};

use larder_cache::store::DynamoDbStore;
use larder_sources::{ASSUME_ROLE, DATA_TYPES, DataType, DynamoDbAccounts, RoleArn};
use serde::Serialize;

use crate::configuration::table;
use crate::runtime::{DynamoDbItems, DynamoDbServers};

/// The only action on an index.
const QUERY: &str = "dynamodb:Query";

/// The version of IAM's policy language.
const LANGUAGE: &str = "2012-10-17";

/// An IAM policy, as `aws iam create-policy --policy-document` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IamPolicy {
    version: &'static str,
    statement: Vec<Statement>,
}

/// What is allowed, and on what. Both lists are sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<String>,
    resource: Vec<String>,
}

/// What a Larder does with AWS, and so what its role must be allowed.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// The data types that it asks in its own account.
    pub data_types: Vec<&'static DataType>,
    /// What else it asks there: [`RUNTIME_ACTIONS`](larder_sources::RUNTIME_ACTIONS), where it works out running minutes.
    pub actions: &'static [&'static str],
    /// The tables that it keeps things in, and what it does with each.
    pub tables: Vec<TableUse>,
    /// The roles that it assumes in other accounts.
    pub roles: BTreeSet<RolePattern>,
}

/// What is done with a table.
#[derive(Clone, Debug)]
pub struct TableUse {
    /// Which of Larder's tables it is.
    pub table: Table,
    /// Where it is.
    pub arn: TableArn,
    /// The IAM actions; those of [`Table::actions`], or some of them.
    pub actions: &'static [&'static str],
}

/// One of Larder's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Entries.
    Cache,
    /// The registered accounts.
    Accounts,
    /// What running minutes are worked out of.
    Runtime,
    /// The servers, beside which running minutes are kept.
    Servers,
}

impl Table {
    /// What a Larder does with it at most.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Cache => DynamoDbStore::IAM_ACTIONS,
            Self::Accounts => DynamoDbAccounts::IAM_ACTIONS,
            Self::Runtime => DynamoDbItems::IAM_ACTIONS,
            Self::Servers => DynamoDbServers::IAM_ACTIONS,
        }
    }

    const fn sid(self) -> &'static str {
        match self {
            Self::Cache => "CacheTable",
            Self::Accounts => "AccountsTable",
            Self::Runtime => "RuntimeTable",
            Self::Servers => "ServersTable",
        }
    }

    /// The indexes that are asked too.
    const fn indexes(self) -> &'static [&'static str] {
        match self {
            Self::Cache => &[DynamoDbStore::INDEX],
            Self::Accounts | Self::Runtime | Self::Servers => &[],
        }
    }
}

impl TableUse {
    /// All that a Larder does with that table.
    #[must_use]
    pub fn whole(table: Table, arn: TableArn) -> Self {
        Self { table, arn, actions: table.actions() }
    }

    fn statement(&self) -> Statement {
        let asks_index = self.actions.contains(&QUERY);
        let indexes = self.table.indexes().iter().filter(|_| asks_index).map(|index| self.arn.of_index(index));
        let resource = std::iter::once(self.arn.0.clone()).chain(indexes).collect();
        allow(self.table.sid(), texts(self.actions), resource)
    }
}

/// The ARN of a DynamoDB table: `arn:aws:dynamodb:us-east-1:111122223333:table/larder`, with `*` for any region or
/// account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableArn(String);

/// The ARN of a role, or of several: `*` in it stands for any account, or any part of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RolePattern(String);

impl TableArn {
    /// The table that the text names, as the configuration takes it: an ARN, or a name, which is that of a table of
    /// the partition `aws` in any region and account.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = table(text).ok()?;
        let is_arn = text.starts_with("arn:");
        Some(Self(if is_arn { text } else { format!("arn:aws:dynamodb:*:*:table/{text}") }))
    }

    /// One that CloudFormation puts in: `${CacheTableArn}`.
    #[cfg(test)]
    pub(crate) fn of_template(text: &str) -> Self {
        Self(text.to_owned())
    }

    fn of_index(&self, index: &str) -> String {
        format!("{}/index/{index}", self.0)
    }
}

impl RolePattern {
    /// The roles that the text names; `None` if no role could have such an ARN.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let an_account = text.replacen("::*:role/", "::000000000000:role/", 1);
        RoleArn::parse(&an_account.replace('*', "x"))?;
        Some(Self(text.to_owned()))
    }
}

#[cfg(test)]
impl RolePattern {
    /// One with parts that CloudFormation puts in.
    pub(crate) fn of_template(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl IamPolicy {
    /// The policy that allows these and nothing else. What the data types need is allowed on `*`, but for the services of
    /// [`RESOURCES`]: the operations that list and describe take no narrower resource.
    #[must_use]
    pub fn of(permissions: &Permissions) -> Self {
        let Permissions { data_types, actions, tables, roles } = permissions;
        let mut statement = reading(data_types.iter().flat_map(|row| row.iam_actions).chain(*actions));
        statement.extend(tables.iter().map(TableUse::statement));
        if !roles.is_empty() {
            statement.push(allow(
                "AssumeRoles",
                texts(&[ASSUME_ROLE]),
                roles.iter().map(|role| role.0.clone()).collect(),
            ));
        }
        Self { version: LANGUAGE, statement }
    }
}

/// The services whose operations take a resource. Costs are those of the account itself, which AWS calls its primary view.
const RESOURCES: [(&str, &str); 1] = [("ce", "arn:*:billing::*:billingview/primary")];

/// One statement for each service, by its name.
fn reading<'a>(actions: impl Iterator<Item = &'a &'static str>) -> Vec<Statement> {
    let mut services = BTreeMap::<&str, BTreeSet<&str>>::new();
    for action in actions {
        services.entry(service_of(action)).or_default().insert(action);
    }
    let statement = |(service, actions): (&str, BTreeSet<&str>)| {
        let actions: Vec<_> = actions.into_iter().collect();
        let resource = RESOURCES.iter().find(|(known, _)| *known == service).map_or("*", |(_, resource)| resource);
        allow(&format!("Read{}", capitalised(service)), texts(&actions), vec![resource.to_owned()])
    };
    services.into_iter().map(statement).collect()
}

fn allow(sid: &str, action: Vec<String>, resource: Vec<String>) -> Statement {
    Statement { sid: sid.to_owned(), effect: "Allow", action, resource }
}

fn texts(actions: &[&str]) -> Vec<String> {
    actions.iter().map(|&action| action.to_owned()).collect()
}

fn service_of(action: &str) -> &str {
    action.split_once(':').map_or(action, |(service, _)| service)
}

/// IAM takes letters and digits only in a `Sid`.
fn capitalised(service: &str) -> String {
    let mut letters = service.chars().filter(char::is_ascii_alphanumeric);
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

impl Permissions {
    /// Those of every data type.
    #[must_use]
    pub fn of_every_data_type() -> Self {
        Self { data_types: DATA_TYPES.iter().collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
