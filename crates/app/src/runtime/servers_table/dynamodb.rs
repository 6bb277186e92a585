use std::error::Error;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_runtime::{Month, Quality, Second, Server};

use super::{KeptAnswer, ServersTable};
use crate::runtime::TableError;

mod attributes;

use attributes::{AS_OF, MONTH, QUALITY, attributes_of, kept_of};

const ID: &str = "id";

/// A DynamoDB table with the hash key `id`, which holds an instance's id. Only attributes that begin with
/// `runningMinutes` are ours.
#[derive(Debug)]
pub struct DynamoDbServers {
    client: Client,
    table: String,
}

impl DynamoDbServers {
    /// What using the table needs to be permitted, on the table itself.
    pub const IAM_ACTIONS: &'static [&'static str] = &["dynamodb:GetItem", "dynamodb:UpdateItem"];

    /// The servers of `table`, which must exist. Nothing is asked yet.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    fn update(&self, id: &str) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).key(ID, AttributeValue::S(id.to_owned()))
    }

    /// Sets all of our attributes, and says whether the condition held.
    async fn set(&self, kept: &KeptAnswer, condition: &str, compared: AttributeValue) -> Result<bool, TableError> {
        let mut update = self.update(&kept.answer.server.instance_id).condition_expression(condition);
        let mut sets = Vec::new();
        for (index, (name, value)) in attributes_of(kept).into_iter().enumerate() {
            sets.push(format!("#{name} = :{index}"));
            update = update.expression_attribute_names(format!("#{name}"), name);
            update = update.expression_attribute_values(format!(":{index}"), value);
        }
        let update = update.update_expression(format!("SET {}", sets.join(", ")));
        self.did(update.expression_attribute_values(":compared", compared)).await
    }

    async fn did(&self, update: UpdateItemFluentBuilder) -> Result<bool, TableError> {
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn failed(&self, error: &(impl Error + 'static)) -> TableError {
        let table = format!("the servers table {} (SERVERS_TABLE_NAME)", self.table);
        TableError { table, reason: DisplayErrorContext(error).to_string() }
    }
}

#[async_trait]
impl ServersTable for DynamoDbServers {
    async fn keep(&self, kept: &KeptAnswer) -> Result<(), TableError> {
        let condition = format!("attribute_not_exists(#{AS_OF}) OR #{AS_OF} <= :compared");
        self.set(kept, &condition, AttributeValue::S(kept.answer.as_of.to_string())).await.map(drop)
    }

    async fn make_stale(&self, server: &Server, month: Month, now: Second) -> Result<(), TableError> {
        let this_month = AttributeValue::S(month.to_string());
        let stale = self
            .update(&server.instance_id)
            .condition_expression(format!("#{MONTH} >= :month"))
            .update_expression(format!("SET #{QUALITY} = :stale"))
            .expression_attribute_names(format!("#{MONTH}"), MONTH)
            .expression_attribute_names(format!("#{QUALITY}"), QUALITY)
            .expression_attribute_values(":month", this_month.clone())
            .expression_attribute_values(":stale", AttributeValue::S(Quality::Stale.to_string()));
        if !self.did(stale).await? {
            let condition = format!("attribute_not_exists(#{MONTH}) OR #{MONTH} < :compared");
            self.set(&KeptAnswer::unknown(server.clone(), month, now), &condition, this_month).await?;
        }
        Ok(())
    }

    async fn get(&self, instance_id: &str) -> Result<Option<KeptAnswer>, TableError> {
        let id = AttributeValue::S(instance_id.to_owned());
        let get = self.client.get_item().table_name(&self.table).key(ID, id).consistent_read(true);
        let answer = get.send().await.map_err(|error| self.failed(&error))?;
        Ok(answer.item.as_ref().and_then(kept_of))
    }
}
