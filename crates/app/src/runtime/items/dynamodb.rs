use std::collections::{BTreeMap, HashMap};
use std::error::Error;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use larder_runtime::Second;

use super::{Item, Items};
use crate::runtime::TableError;

const HASH: &str = "instanceId";
const RANGE: &str = "kind#time";
const BODY: &str = "body";
const VERSION: &str = "version";
/// What DynamoDB's own expiry reads.
const TTL: &str = "ttl";
/// The most that `BatchWriteItem` takes.
const AT_ONCE: usize = 25;

type Attributes = HashMap<String, AttributeValue>;

/// A DynamoDB table with the hash key `instanceId` and the range key `kind#time`, both texts; its TTL attribute is `ttl`.
#[derive(Debug)]
pub struct DynamoDbItems {
    client: Client,
    table: String,
}

impl DynamoDbItems {
    /// What using the table needs to be permitted, on the table itself.
    pub const IAM_ACTIONS: &'static [&'static str] =
        &["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];

    /// The items of `table`, which must exist. Nothing is asked yet.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    async fn put_one(&self, attributes: Attributes) -> Result<(), TableError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(attributes));
        put.send().await.map(drop).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &(impl Error + 'static)) -> TableError {
        self.says(DisplayErrorContext(error).to_string())
    }

    fn says(&self, reason: String) -> TableError {
        TableError { table: format!("the runtime table {} (RUNTIME_TABLE_NAME)", self.table), reason }
    }

    fn item(&self, attributes: &Attributes) -> Result<Item, TableError> {
        item_of(attributes).ok_or_else(|| self.says(format!("an item is none of Larder's: {attributes:?}")))
    }
}

#[async_trait]
impl Items for DynamoDbItems {
    async fn get(&self, hash: &str, range: &str) -> Result<Option<Item>, TableError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key(hash, range))).consistent_read(true);
        let answer = get.send().await.map_err(|error| self.failed(&error))?;
        answer.item.map(|attributes| self.item(&attributes)).transpose()
    }

    async fn between(&self, hash: &str, from: &str, to: &str) -> Result<Vec<Item>, TableError> {
        self.first_between(hash, (from, to), usize::MAX).await
    }

    async fn first_between(&self, hash: &str, (from, to): (&str, &str), most: usize) -> Result<Vec<Item>, TableError> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query.key_condition_expression("#hash = :hash AND #range BETWEEN :from AND :to");
        let query = query.expression_attribute_names("#hash", HASH).expression_attribute_names("#range", RANGE);
        let values =
            [(":hash", hash), (":from", from), (":to", to)].map(|(name, value)| (name.to_owned(), text(value)));
        let query = query.set_limit(i32::try_from(most).ok()).set_expression_attribute_values(Some(values.into()));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while items.len() < most
            && let Some(attributes) = pages.next().await
        {
            items.push(self.item(&attributes.map_err(|error| self.failed(&error))?)?);
        }
        Ok(items)
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), TableError> {
        // A batch that names an item twice is refused.
        let items: BTreeMap<_, _> =
            items.into_iter().map(|item| ((item.hash.clone(), item.range.clone()), item)).collect();
        let mut requests = Vec::with_capacity(items.len());
        for item in items.into_values() {
            let put = PutRequest::builder().set_item(Some(attributes_of(item))).build();
            let put = put.map_err(|error| self.failed(&error))?;
            requests.push(WriteRequest::builder().put_request(put).build());
        }
        for batch in requests.chunks(AT_ONCE) {
            let write = self.client.batch_write_item().request_items(&self.table, batch.to_vec());
            let answer = write.send().await.map_err(|error| self.failed(&error))?;
            // One by one the SDK waits as long as it takes.
            for request in answer.unprocessed_items.unwrap_or_default().into_values().flatten() {
                if let Some(put) = request.put_request {
                    self.put_one(put.item).await?;
                }
            }
        }
        Ok(())
    }

    async fn replace(&self, item: Item, version: Option<u64>) -> Result<bool, TableError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(attributes_of(item)));
        let put = match version {
            Some(version) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", AttributeValue::N(version.to_string())),
            None => put.condition_expression("attribute_not_exists(#hash)").expression_attribute_names("#hash", HASH),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    async fn remove(&self, hash: &str, range: &str) -> Result<(), TableError> {
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key(hash, range)));
        delete.send().await.map(drop).map_err(|error| self.failed(&error))
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn key(hash: &str, range: &str) -> Attributes {
    [(HASH, hash), (RANGE, range)].map(|(name, value)| (name.to_owned(), text(value))).into()
}

fn attributes_of(item: Item) -> Attributes {
    let mut attributes = key(&item.hash, &item.range);
    attributes.insert(BODY.to_owned(), AttributeValue::S(item.body));
    attributes.insert(VERSION.to_owned(), AttributeValue::N(item.version.to_string()));
    if let Some(expires) = item.expires {
        attributes.insert(TTL.to_owned(), AttributeValue::N(expires.unix().to_string()));
    }
    attributes
}

fn item_of(attributes: &Attributes) -> Option<Item> {
    let text = |name: &str| attributes.get(name)?.as_s().ok().cloned();
    let number = |name: &str| attributes.get(name)?.as_n().ok();
    Some(Item {
        hash: text(HASH)?,
        range: text(RANGE)?,
        body: text(BODY)?,
        version: number(VERSION)?.parse().ok()?,
        expires: number(TTL).and_then(|ttl| ttl.parse().ok()).map(Second::of_unix),
    })
}
