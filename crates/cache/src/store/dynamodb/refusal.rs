use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

use super::DynamoDbStore;
use super::attribute::Item;
use crate::store::StoreError;

/// Why a conditional write was not done.
pub(super) enum Refusal {
    /// Its condition is false. What stands there, if the write asked for it and there is something.
    Condition(Option<Item>),
    Fault(StoreError),
}

/// The failure of a conditional write, told apart.
pub(super) trait ConditionalError: std::error::Error + ProvideErrorMetadata + 'static {
    /// The operation's name.
    const OPERATION: &'static str;

    /// If the condition is false, what stands there.
    fn refused(&self) -> Option<Option<Item>>;
}

impl DynamoDbStore {
    /// What the failure of a conditional write means.
    pub(super) fn refusal<E: ConditionalError>(&self, error: &SdkError<E>) -> Refusal {
        match error.as_service_error().and_then(E::refused) {
            Some(item) => Refusal::Condition(item),
            None => Refusal::Fault(self.fault(E::OPERATION, error)),
        }
    }
}

impl ConditionalError for PutItemError {
    const OPERATION: &'static str = "PutItem";

    fn refused(&self) -> Option<Option<Item>> {
        match self {
            Self::ConditionalCheckFailedException(refusal) => Some(refusal.item.clone()),
            _ => None,
        }
    }
}

impl ConditionalError for UpdateItemError {
    const OPERATION: &'static str = "UpdateItem";

    fn refused(&self) -> Option<Option<Item>> {
        match self {
            Self::ConditionalCheckFailedException(refusal) => Some(refusal.item.clone()),
            _ => None,
        }
    }
}

impl ConditionalError for DeleteItemError {
    const OPERATION: &'static str = "DeleteItem";

    fn refused(&self) -> Option<Option<Item>> {
        match self {
            Self::ConditionalCheckFailedException(refusal) => Some(refusal.item.clone()),
            _ => None,
        }
    }
}
