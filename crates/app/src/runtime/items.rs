use std::fmt;

use async_trait::async_trait;
use larder_runtime::Second;

use super::TableError;

mod dynamodb;
mod sqlite;

pub use dynamodb::DynamoDbItems;
pub use sqlite::SqliteItems;

/// What the runtime table keeps under a hash and a range key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// An instance's id, or a place.
    pub hash: String,
    /// Its kind, and mostly a time: `evidence#2025-11-02T12:30:00Z#...`.
    pub range: String,
    /// A JSON document.
    pub body: String,
    /// Counts the changes of one that is only replaced; 0 of any other.
    pub version: u64,
    /// From when on it may be gone.
    pub expires: Option<Second>,
}

/// The port to the runtime table. What it has told is what it has: reads are strongly consistent.
#[async_trait]
pub trait Items: fmt::Debug + Send + Sync + 'static {
    /// The item of those keys.
    ///
    /// # Errors
    /// If the table can't be read.
    async fn get(&self, hash: &str, range: &str) -> Result<Option<Item>, TableError>;

    /// All items of `hash` from one range key to another, both included, in order.
    ///
    /// # Errors
    /// If the table can't be read to the end.
    async fn between(&self, hash: &str, from: &str, to: &str) -> Result<Vec<Item>, TableError>;

    /// The first of those, `most` at most.
    ///
    /// # Errors
    /// If the table can't be read.
    async fn first_between(&self, hash: &str, (from, to): (&str, &str), most: usize) -> Result<Vec<Item>, TableError>;

    /// Writes items, each in place of the one that is there.
    ///
    /// # Errors
    /// If not all could be written; some may have been.
    async fn put(&self, items: Vec<Item>) -> Result<(), TableError>;

    /// Writes an item if the one that is there has that version, or if there is none and `version` is `None`; and says
    /// whether it did.
    ///
    /// # Errors
    /// If the table can't be written.
    async fn replace(&self, item: Item, version: Option<u64>) -> Result<bool, TableError>;

    /// Removes the item of those keys, if it is there.
    ///
    /// # Errors
    /// If the table can't be written.
    async fn remove(&self, hash: &str, range: &str) -> Result<(), TableError>;
}

#[cfg(test)]
mod tests;
