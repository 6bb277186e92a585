//! The item `#epoch`. It has no `ttl`: DynamoDB must never forget it.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};

use super::DynamoDbStore;
use super::attribute::{Item, number, number_of, primary_key, read_units, text, text_of, write_units};
use super::refusal::Refusal;
use crate::epoch::{EPOCH, Epoch, Incarnation, Marks};
use crate::selector::Selector;
use crate::store::{Metered, StoreError, StoreResult, Units, mark};

const INCARNATION: &str = "incarnation";
const COUNTER: &str = "counter";
const MARKS: &str = "marks";

/// Whether there is an epoch item with attributes of the right types.
const WELL_TYPED: &str =
    "(attribute_type(#incarnation, :s) AND attribute_type(#counter, :n) AND attribute_type(#marks, :m))";

/// How often a creator may find another malformed item than the one that it just saw.
const REPLACEMENTS: usize = 3;

pub(super) async fn read(store: &DynamoDbStore) -> StoreResult<Option<Epoch>> {
    let request = store.client.get_item().table_name(&store.table).set_key(Some(primary_key(EPOCH)));
    let request = request.consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total);
    let answer = request.send().await.map_err(|error| store.fault("GetItem", &error))?;
    Ok(Metered { units: read_units(answer.consumed_capacity()), value: answer.item().and_then(parse) })
}

/// Puts the first epoch where there is no item, or one whose attributes have wrong types. One with the right types
/// that is malformed nevertheless (a bad incarnation, a negative counter) comes back with the refusal, and is then
/// replaced on condition that it is still exactly that.
pub(super) async fn create(store: &DynamoDbStore, incarnation: Incarnation) -> StoreResult<Epoch> {
    let mut units = Units::default();
    let mut malformed = None;
    for _ in 0..REPLACEMENTS {
        match put_first(store, incarnation, malformed.as_ref()).await {
            Ok(answer) => {
                units += write_units(answer.consumed_capacity());
                return Ok(Metered { value: Epoch::first(incarnation), units });
            }
            Err(Refusal::Condition(standing)) => match standing.as_ref().and_then(parse) {
                Some(epoch) => return Ok(Metered { value: epoch, units }),
                None => malformed = standing,
            },
            Err(Refusal::Fault(error)) => return Err(error),
        }
    }
    Err(StoreError::Failed(format!("the epoch item of table {} is malformed, and changes", store.table).into()))
}

/// Right sides see the item as it was: the mark is the new counter.
pub(super) async fn advance(store: &DynamoDbStore, selector: &Selector) -> StoreResult<Option<Epoch>> {
    let request = store.client.update_item().table_name(&store.table).set_key(Some(primary_key(EPOCH)));
    let answer = request
        .update_expression("SET #counter = #counter + :one, #marks.#selector = #counter + :one")
        .condition_expression(WELL_TYPED)
        .set_expression_attribute_names(Some(names()))
        .expression_attribute_names("#selector", selector.to_string())
        .set_expression_attribute_values(Some(types()))
        .expression_attribute_values(":one", number(1))
        .return_values(ReturnValue::AllNew)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match answer.map_err(|error| store.refusal(&error)) {
        Ok(answer) => {
            Ok(Metered { units: write_units(answer.consumed_capacity()), value: answer.attributes().and_then(parse) })
        }
        Err(Refusal::Condition(_)) => Ok(Metered::free(None)),
        Err(Refusal::Fault(error)) => Err(error),
    }
}

pub(super) async fn fold(store: &DynamoDbStore, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
    let marks = marks.iter().map(|(selector, mark)| (selector.to_string(), number(mark))).collect();
    let answer = store
        .client
        .update_item()
        .table_name(&store.table)
        .set_key(Some(primary_key(EPOCH)))
        .update_expression("SET #marks = :marks")
        .condition_expression("#incarnation = :incarnation AND #counter = :counter")
        .set_expression_attribute_names(Some(names()))
        .expression_attribute_values(":marks", AttributeValue::M(marks))
        .expression_attribute_values(":incarnation", text(seen.incarnation.to_string()))
        .expression_attribute_values(":counter", number(seen.counter))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match answer.map_err(|error| store.refusal(&error)) {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: true }),
        Err(Refusal::Condition(_)) => Ok(Metered::free(false)),
        Err(Refusal::Fault(error)) => Err(error),
    }
}

/// The epoch in an item, or `None` for a malformed one.
pub(super) fn parse(item: &Item) -> Option<Epoch> {
    let incarnation = Incarnation::parse(text_of(item, INCARNATION)?)?;
    let counter = number_of(item, COUNTER)?;
    let mut marks = Marks::new();
    for (selector, mark) in item.get(MARKS)?.as_m().ok()? {
        let mark = mark.as_n().ok()?.parse().ok()?;
        mark::raise(&mut marks, selector, mark);
    }
    Some(Epoch { incarnation, counter, marks })
}

async fn put_first(
    store: &DynamoDbStore,
    incarnation: Incarnation,
    malformed: Option<&Item>,
) -> Result<PutItemOutput, Refusal> {
    let mut condition = format!("NOT {WELL_TYPED}");
    let mut values = types();
    if let Some(malformed) = malformed {
        condition.push_str(" OR (#incarnation = :incarnation AND #counter = :counter AND #marks = :marks)");
        for name in [INCARNATION, COUNTER, MARKS] {
            values.extend(malformed.get(name).map(|value| (format!(":{name}"), value.clone())));
        }
    }
    let first = Item::from([
        (INCARNATION.to_owned(), text(incarnation.to_string())),
        (COUNTER.to_owned(), number(0)),
        (MARKS.to_owned(), AttributeValue::M(Item::new())),
    ]);
    let request = store.client.put_item().table_name(&store.table);
    let answer = request
        .set_item(Some(primary_key(EPOCH).into_iter().chain(first).collect()))
        .condition_expression(condition)
        .set_expression_attribute_names(Some(names()))
        .set_expression_attribute_values(Some(values))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    answer.map_err(|error| store.refusal(&error))
}

fn names() -> HashMap<String, String> {
    [INCARNATION, COUNTER, MARKS].map(|name| (format!("#{name}"), name.to_owned())).into()
}

fn types() -> Item {
    [("s", "S"), ("n", "N"), ("m", "M")].map(|(name, kind)| (format!(":{name}"), text(kind))).into()
}
