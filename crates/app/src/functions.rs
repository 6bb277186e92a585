use larder_sources::{ASSUME_ROLE, DATA_TYPES, DESCRIBE_REGIONS, DataType, RUNTIME_ACTIONS};

use crate::iam_policy::{IamPolicy, Permissions, RolePattern, Table, TableArn, TableUse};

/// A Lambda function of the deployment, with what it calls: its role is allowed this and nothing else.
#[derive(Debug)]
pub struct Function {
    /// The kebab-case name, which is its program's too: `query-handler`.
    pub name: &'static str,
    /// The data types that it asks AWS for.
    pub data_types: &'static [DataType],
    /// What else it asks AWS, as IAM actions.
    pub actions: &'static [&'static str],
    /// What it does with which tables, as IAM actions.
    pub tables: &'static [(Table, &'static [&'static str])],
}

/// What is done with the cache's table by who serves nothing from memory, and so never looks at the epoch alone.
const WITHOUT_LOOKS: &[&str] =
    &["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"];

/// Every function, one row each.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "query-handler",
        data_types: DATA_TYPES,
        actions: RUNTIME_ACTIONS,
        tables: &[
            (Table::Cache, Table::Cache.actions()),
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, &["dynamodb:GetItem", "dynamodb:Query"]),
            (Table::Servers, &["dynamodb:GetItem"]),
        ],
    },
    Function { name: "cache-invalidator", data_types: &[], actions: &[], tables: &[(Table::Cache, WITHOUT_LOOKS)] },
    Function {
        name: "runtime-calculator",
        data_types: &[],
        actions: RUNTIME_ACTIONS,
        tables: &[
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, Table::Runtime.actions()),
            (Table::Servers, &["dynamodb:UpdateItem"]),
        ],
    },
    Function {
        name: "event-responder",
        data_types: &[],
        actions: &[DESCRIBE_REGIONS],
        tables: &[
            (Table::Cache, &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
            (Table::Accounts, Table::Accounts.actions()),
            (Table::Runtime, &["dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]),
            (Table::Servers, &["dynamodb:UpdateItem"]),
        ],
    },
    Function {
        name: "cache-warmer",
        data_types: DATA_TYPES,
        actions: &[],
        tables: &[(Table::Cache, WITHOUT_LOOKS), (Table::Accounts, Table::Accounts.actions())],
    },
];

impl Function {
    /// Whether it asks AWS anything of an account, and so takes the roles of the other accounts.
    #[must_use]
    pub fn asks_accounts(&self) -> bool {
        !self.data_types.is_empty() || !self.actions.is_empty()
    }

    /// The IAM actions that it needs, each once for everything that needs it.
    pub fn calls(&self) -> impl Iterator<Item = &'static str> {
        let of_data_types = self.data_types.iter().flat_map(|row| row.iam_actions);
        let of_tables = self.tables.iter().flat_map(|(_, actions)| *actions);
        let of_roles = self.asks_accounts().then_some(&ASSUME_ROLE);
        of_data_types.chain(self.actions).chain(of_tables).chain(of_roles).copied()
    }

    /// The policy of its role. Where its tables are, and which roles it may take, is the deployment's matter.
    pub fn policy(&self, arn: impl Fn(Table) -> TableArn, roles: &RolePattern) -> IamPolicy {
        let table_use = |&(table, actions): &(Table, _)| TableUse { table, arn: arn(table), actions };
        IamPolicy::of(&Permissions {
            data_types: self.data_types.iter().collect(),
            actions: self.actions,
            tables: self.tables.iter().map(table_use).collect(),
            roles: self.asks_accounts().then(|| roles.clone()).into_iter().collect(),
        })
    }
}
