//! The tables, as a deployment makes them.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};

/// What listing and warming need of an entry, besides its keys.
const PROJECTED: [&str; 6] = ["region", "accountId", "expiresAt", "usedAt", "warmed", "size"];

/// Makes the query-cache table: hash key, index by data type and time of filling (unix milliseconds), TTL on `ttl`.
///
/// # Errors
/// What DynamoDB says, for example that there is such a table.
pub async fn create_table(client: &Client, name: &str) -> anyhow::Result<()> {
    let index = GlobalSecondaryIndex::builder()
        .index_name("dataType-createdAt-index")
        .key_schema(key("dataType", KeyType::Hash)?)
        .key_schema(key("createdAt", KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .set_non_key_attributes(Some(PROJECTED.map(str::to_owned).to_vec()))
                .build(),
        )
        .build()?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("cacheKey", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("dataType", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("createdAt", ScalarAttributeType::N)?)
        .key_schema(key("cacheKey", KeyType::Hash)?)
        .global_secondary_indexes(index)
        .send()
        .await?;
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build()?;
    client.update_time_to_live().table_name(name).time_to_live_specification(ttl).send().await?;
    Ok(())
}

/// Makes the table of the accounts that can be asked: hash key `accountId`.
///
/// # Errors
/// As [`create_table`].
pub async fn create_accounts_table(client: &Client, name: &str) -> anyhow::Result<()> {
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("accountId", ScalarAttributeType::S)?)
        .key_schema(key("accountId", KeyType::Hash)?)
        .send()
        .await?;
    Ok(())
}

/// Makes the table of the servers, beside which their running minutes are kept: hash key `id`.
///
/// # Errors
/// As [`create_table`].
pub async fn create_servers_table(client: &Client, name: &str) -> anyhow::Result<()> {
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("id", ScalarAttributeType::S)?)
        .key_schema(key("id", KeyType::Hash)?)
        .send()
        .await?;
    Ok(())
}

/// Makes the table of what running minutes are worked out of: hash key `instanceId`, range key `kind#time`.
/// Without TTL: tests set the clock of functions back, and DynamoDB Local would remove at once what they write.
///
/// # Errors
/// As [`create_table`].
pub async fn create_runtime_table(client: &Client, name: &str) -> anyhow::Result<()> {
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("instanceId", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("kind#time", ScalarAttributeType::S)?)
        .key_schema(key("instanceId", KeyType::Hash)?)
        .key_schema(key("kind#time", KeyType::Range)?)
        .send()
        .await?;
    Ok(())
}

fn attribute(name: &str, kind: ScalarAttributeType) -> anyhow::Result<AttributeDefinition> {
    Ok(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()?)
}

fn key(name: &str, kind: KeyType) -> anyhow::Result<KeySchemaElement> {
    Ok(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
}
