use larder_sources::{
    ASSUME_ROLE, Cost, DATA_TYPES, DESCRIBE_REGIONS, DRS_ACCOUNTS, DataType, EC2_REGIONS, RUNTIME_ACTIONS,
};

use crate::costs::COSTS;
use crate::iam_policy::{IamPolicy, Permissions, RolePattern, Table, TableArn, TableUse};
use crate::inventory::{INVENTORY, InventoryKind};

/// A Lambda function of the deployment, with what it calls: its role is allowed this and nothing else.
#[derive(Debug)]
pub struct Function {
    /// The kebab-case name, which is its program's too: `query-handler`.
    pub name: &'static str,
    /// Whether it asks AWS for a data type.
    pub asks: fn(&DataType) -> bool,
    /// What else it asks AWS, as IAM actions.
    pub actions: &'static [&'static str],
    /// What it does with which tables, as IAM actions.
    pub tables: &'static [(Table, &'static [&'static str])],
    /// Whether it is in the network of the history's database, and so reads its secret.
    pub history: HistoryUse,
}

/// What a function has to do with the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryUse {
    /// Nothing: it is in no network.
    None,
    /// It is deployed where there is a database, in its network.
    InItsNetwork,
}

/// What reading the URL of the history's database takes.
const READ_SECRET: &str = "secretsmanager:GetSecretValue";

/// What is done with the cache's table by who serves nothing from memory, and so never looks at the epoch alone.
const WITHOUT_LOOKS: &[&str] =
    &["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"];

/// What is done with it by who neither lists nor purges.
const WITHOUT_LISTS: &[&str] = &[
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
];

/// Every function, one row each.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "query-handler",
        asks: |_| true,
        actions: RUNTIME_ACTIONS,
        tables: &[
            (Table::Cache, Table::Cache.actions()),
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, &["dynamodb:GetItem", "dynamodb:Query"]),
            (Table::Servers, &["dynamodb:GetItem"]),
        ],
        history: HistoryUse::None,
    },
    Function {
        name: "cache-invalidator",
        asks: |_| false,
        actions: &[],
        tables: &[(Table::Cache, WITHOUT_LOOKS)],
        history: HistoryUse::None,
    },
    Function {
        name: "runtime-calculator",
        asks: |_| false,
        actions: RUNTIME_ACTIONS,
        tables: &[
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, Table::Runtime.actions()),
            (Table::Servers, &["dynamodb:UpdateItem"]),
        ],
        history: HistoryUse::None,
    },
    Function {
        name: "event-responder",
        asks: |_| false,
        actions: &[DESCRIBE_REGIONS],
        tables: &[
            (Table::Cache, &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, &["dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]),
            (Table::Servers, &["dynamodb:UpdateItem"]),
        ],
        history: HistoryUse::None,
    },
    Function {
        name: "cache-warmer",
        asks: |row| row.cost == Cost::Nothing,
        actions: &[],
        tables: &[(Table::Cache, WITHOUT_LOOKS), (Table::Accounts, Table::Accounts.actions())],
        history: HistoryUse::None,
    },
    Function {
        name: "inventory-sync",
        asks: is_of_history,
        actions: &[],
        tables: &[(Table::Cache, WITHOUT_LISTS), (Table::Accounts, Table::Accounts.actions())],
        history: HistoryUse::InItsNetwork,
    },
    Function {
        name: "inventory-api",
        asks: is_of_history,
        actions: &[],
        tables: &[(Table::Cache, WITHOUT_LISTS), (Table::Accounts, Table::Accounts.actions())],
        history: HistoryUse::InItsNetwork,
    },
];

/// Whether the history is made of it, or tells by it of whom: inventories and costs, accounts and their regions.
fn is_of_history(row: &DataType) -> bool {
    let is_inventory = |kind: &InventoryKind| kind.data_type().is_ok_and(|data_type| data_type.name == row.name);
    [COSTS, DRS_ACCOUNTS, EC2_REGIONS].contains(&row.name) || INVENTORY.iter().any(is_inventory)
}

impl Function {
    /// The data types that it asks AWS for.
    pub fn data_types(&self) -> impl Iterator<Item = &'static DataType> {
        DATA_TYPES.iter().filter(|row| (self.asks)(row))
    }

    /// Whether it asks AWS anything of an account, and so takes the roles of the other accounts.
    #[must_use]
    pub fn asks_accounts(&self) -> bool {
        self.data_types().next().is_some() || !self.actions.is_empty()
    }

    /// The IAM actions that it needs, each once for everything that needs it.
    pub fn calls(&self) -> impl Iterator<Item = &'static str> {
        let of_data_types = self.data_types().flat_map(|row| row.iam_actions);
        let of_tables = self.tables.iter().flat_map(|(_, actions)| *actions);
        let of_roles = self.asks_accounts().then_some(&ASSUME_ROLE);
        let of_history = (self.history == HistoryUse::InItsNetwork).then_some(&READ_SECRET);
        of_data_types.chain(self.actions).chain(of_tables).chain(of_roles).chain(of_history).copied()
    }

    /// The policy of its role. Where its tables are, and which roles it may take, is the deployment's matter.
    pub fn policy(&self, arn: impl Fn(Table) -> TableArn, roles: &RolePattern) -> IamPolicy {
        let table_use = |&(table, actions): &(Table, _)| TableUse { table, arn: arn(table), actions };
        IamPolicy::of(&Permissions {
            data_types: self.data_types().collect(),
            actions: self.actions,
            tables: self.tables.iter().map(table_use).collect(),
            roles: self.asks_accounts().then(|| roles.clone()).into_iter().collect(),
        })
    }
}
