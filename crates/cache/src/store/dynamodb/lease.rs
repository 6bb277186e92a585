//! The items `#lease#<key>`.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};

use super::DynamoDbStore;
use super::attribute::{Item, number, number_of, primary_key, text, text_of, write_units};
use super::refusal::Refusal;
use crate::key::Key;
use crate::store::{Claim, LeaseAttempt, LeaseItem, Metered, StoreResult};

/// An item that is no lease must not keep everyone from fetching.
const NONE: &str = "NOT (attribute_type(#owner, :s) AND attribute_type(#until, :n))";

pub(super) async fn take(
    store: &DynamoDbStore,
    key: &Key,
    lease: &LeaseItem,
    claim: &Claim,
) -> StoreResult<LeaseAttempt> {
    let request = store.client.put_item().table_name(&store.table).set_item(Some(item(key, lease)));
    let request = match claim {
        Claim::New => request.condition_expression(NONE),
        Claim::TakeOver(owner) => request
            .condition_expression(format!("{NONE} OR #owner = :over"))
            .expression_attribute_values(":over", text(owner)),
        Claim::Renewal(owner) => request
            .condition_expression(format!("{NONE} OR (#owner = :over AND attribute_not_exists(ended))"))
            .expression_attribute_values(":over", text(owner)),
    };
    let answer = request
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_names("#until", "until")
        .expression_attribute_values(":s", text("S"))
        .expression_attribute_values(":n", text("N"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match answer.map_err(|error| store.refusal(&error)) {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: LeaseAttempt::Taken }),
        Err(Refusal::Condition(standing)) => {
            let held = parse(&standing.unwrap_or_default());
            // The SDK asks again when an answer is lost: then the lease that is in the way is our own.
            let ours = held.owner == lease.owner;
            Ok(Metered::free(if ours { LeaseAttempt::Taken } else { LeaseAttempt::Held(held) }))
        }
        Err(Refusal::Fault(error)) => Err(error),
    }
}

pub(super) async fn release(store: &DynamoDbStore, key: &Key, owner: &str) -> StoreResult<()> {
    let answer = store
        .client
        .update_item()
        .table_name(&store.table)
        .set_key(Some(primary_key(name(key.as_str()))))
        .update_expression("SET ended = :true")
        .condition_expression("#owner = :owner")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":owner", text(owner))
        .expression_attribute_values(":true", AttributeValue::Bool(true))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match answer.map_err(|error| store.refusal(&error)) {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: () }),
        Err(Refusal::Condition(_)) => Ok(Metered::free(())),
        Err(Refusal::Fault(error)) => Err(error),
    }
}

/// The key of the lease of the key with this text.
pub(super) fn name(key: &str) -> String {
    format!("#lease#{key}")
}

fn item(key: &Key, lease: &LeaseItem) -> Item {
    let attributes = [("owner", text(&lease.owner)), ("until", number(lease.until)), ("ttl", number(lease.ttl))];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value));
    primary_key(name(key.as_str())).into_iter().chain(attributes).collect()
}

/// The lease in an item. A moment that is no whole number counts as long past, so that the lease can be taken over.
fn parse(item: &Item) -> LeaseItem {
    LeaseItem {
        owner: text_of(item, "owner").unwrap_or_default().to_owned(),
        until: number_of(item, "until").unwrap_or_default(),
        ttl: number_of(item, "ttl").unwrap_or_default(),
        ended: item.get("ended").is_some_and(|ended| ended.as_bool().is_ok_and(|ended| *ended)),
    }
}
