//! The stand-in for AWS and a table in DynamoDB Local, as one place to point programs at.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::{DATA_TYPES, DataType};
use larder_standin::{Account, Config, Handle, Standin};
use larder_tests::{DynamoDbLocal, create_table};

/// The fleet's accounts: every entry but a global one belongs to one of them.
pub(crate) const FIRST: usize = 0;
pub(crate) const SECOND: usize = 1;

pub(crate) struct Cloud {
    pub(crate) standin: Handle,
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self { standin: Standin::start(config).await.expect("the stand-in starts") }
    }

    pub(crate) fn account(&self, number: usize) -> Account {
        self.standin.fleet().accounts()[number].clone()
    }

    /// The variables that point the SDK at the stand-in with the account's credentials, and `more`.
    pub(crate) fn env(&self, account: usize, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let mut env = self.standin.environment(&self.account(account));
        env.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        env
    }

    /// How many calls AWS got for data, whatever the operation; who asks who it is does not count.
    pub(crate) fn calls(&self) -> u64 {
        self.standin
            .calls()
            .iter()
            .filter(|(call, _)| !call.operation.starts_with("sts:"))
            .map(|(_, count)| count)
            .sum()
    }
}

/// The region that every data type is asked for.
pub(crate) const REGION: &str = "us-east-1";

/// The data types whose answer is AWS's own, and not Larder's registry.
pub(crate) fn asked_of_aws() -> impl Iterator<Item = &'static DataType> {
    DATA_TYPES.iter().filter(|row| row.account_of_item.is_none())
}

/// The path and query that ask for a data type, in [`REGION`] where it has regions.
pub(crate) fn question(row: &DataType) -> String {
    let region = if row.scope.has_region() { format!("?region={REGION}") } else { String::new() };
    format!("{}{region}", row.path)
}

/// What makes every answer of a data type stale as soon as it is there: a variable and its value.
pub(crate) fn stale_at_once(row: &DataType) -> (String, String) {
    (format!("LARDER_TTL_{}_S", row.name.replace('-', "_").to_uppercase()), "0".to_owned())
}

/// A new table in the DynamoDB Local that this process's tests share: its name, and where it is.
pub(crate) async fn table() -> (String, &'static str) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let dynamodb = DynamoDbLocal::shared().await;
    let name = format!("larder-query-cache-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    create_table(&dynamodb.client(), &name).await.expect("the table is made");
    (name, dynamodb.endpoint_url())
}

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item of such a table, which must be there.
pub(crate) async fn item(table: &str, key: &str) -> Item {
    let client = DynamoDbLocal::shared().await.client();
    let request = client.get_item().table_name(table).key("cacheKey", AttributeValue::S(key.to_owned()));
    request.consistent_read(true).send().await.expect("an answer").item.expect("an item")
}
