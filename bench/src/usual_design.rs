//! What a cache on a DynamoDB table usually does: get, put, and to invalidate, query the index and delete.

use std::collections::HashMap;

use anyhow::ensure;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, DeleteRequest, ReturnConsumedCapacity, WriteRequest};
use futures::{StreamExt, TryStreamExt};
use larder_cache::Key;
use larder_cache::store::{DynamoDbStore, Units};

use crate::dynamodb::{Item, Table, primary_key};

/// The most items in one BatchWriteItem.
pub(crate) const MOST_WRITES: usize = 25;
/// Requests under way at a time.
pub(crate) const SIDE_BY_SIDE: usize = 4;

/// Such a cache, and the units that it consumed.
pub(crate) struct UsualDesign<'a> {
    table: &'a Table,
    pub(crate) units: Units,
}

/// How it writes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// As text.
    AsTheyCome,
    /// As Larder does.
    Compressed,
}

impl<'a> UsualDesign<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table, units: Units::default() }
    }

    /// Reads an entry, eventually consistent; whether it is there.
    pub(crate) async fn get(&mut self, key: &str) -> anyhow::Result<bool> {
        let get = self.table.patient.get_item().table_name(&self.table.name).set_key(Some(primary_key(key)));
        let answer = get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?;
        self.units.read += units(answer.consumed_capacity());
        Ok(answer.item.is_some())
    }

    pub(crate) async fn put(&mut self, entry: Item) -> anyhow::Result<()> {
        let put = self.table.patient.put_item().table_name(&self.table.name).set_item(Some(entry));
        let answer = put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?;
        self.units.write += units(answer.consumed_capacity());
        Ok(())
    }

    /// Deletes all entries of a data type; how many there were.
    pub(crate) async fn invalidate(&mut self, data_type: &str) -> anyhow::Result<usize> {
        let (mut deleted, mut start) = (0, None);
        loop {
            let query = self.table.patient.query().table_name(&self.table.name).index_name(DynamoDbStore::INDEX);
            let query = query
                .key_condition_expression("dataType = :type")
                .expression_attribute_values(":type", AttributeValue::S(data_type.to_owned()))
                .projection_expression("cacheKey")
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .set_exclusive_start_key(start);
            let page = query.send().await?;
            self.units.read += units(page.consumed_capacity());
            let keys = page.items.unwrap_or_default();
            let batches: Vec<_> = keys.chunks(MOST_WRITES).map(|keys| self.table.delete(keys)).collect();
            let batches = futures::stream::iter(batches).buffer_unordered(SIDE_BY_SIDE);
            self.units.write += batches.try_fold(0.0, async |sum, units| Ok(sum + units)).await?;
            deleted += keys.len();
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(deleted);
            }
        }
    }
}

impl Values {
    /// The item of a key whose value is `value`, and whose entry Larder wrote as `entry`: the same without what only
    /// Larder's protocol needs.
    pub(crate) fn item(self, key: &Key, entry: &Item, value: &[u8]) -> Item {
        let kept = ["dataType", "region", "accountId", "createdAt", "expiresAt", "ttl", "size", "data"];
        let attributes = kept.iter().filter_map(|name| Some(((*name).to_owned(), entry.get(*name)?.clone())));
        let mut item: Item = attributes.chain(primary_key(key.as_str())).collect();
        if self == Self::AsTheyCome {
            item.insert("data".to_owned(), AttributeValue::B(Blob::new(value)));
        }
        item
    }
}

impl Table {
    /// Deletes items; the write units that it took.
    async fn delete(&self, keys: &[Item]) -> anyhow::Result<f64> {
        let deletion = |key: &Item| {
            let request = DeleteRequest::builder().set_key(Some(key.clone())).build()?;
            Ok(WriteRequest::builder().delete_request(request).build())
        };
        self.write(keys.iter().map(deletion).collect::<anyhow::Result<_>>()?).await
    }

    /// One BatchWriteItem; the write units that it took.
    pub(crate) async fn write(&self, requests: Vec<WriteRequest>) -> anyhow::Result<f64> {
        let batch = self.patient.batch_write_item().request_items(&self.name, requests);
        let answer = batch.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?;
        ensure!(answer.unprocessed_items.as_ref().is_none_or(HashMap::is_empty), "items are left unprocessed");
        Ok(units(answer.consumed_capacity()))
    }
}

fn units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
