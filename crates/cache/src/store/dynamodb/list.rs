//! Listings, from the index.

use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use super::DynamoDbStore;
use super::attribute::{Item, KEY, number, number_of, primary_key, read_units, text, text_of};
use crate::key::Key;
use crate::store::{Listed, Metered, Page, Position, StoreError, StoreResult, Units};

const DATA_TYPE: &str = "dataType";
const CREATED_AT: &str = "createdAt";

/// At most `limit` entries of the index. An item that is no entry is left out and has no position; where one ends what
/// a query gave, the next goes on after it.
pub(super) async fn page(
    store: &DynamoDbStore,
    data_type: &str,
    after: Option<&Position>,
    limit: usize,
) -> StoreResult<Page> {
    let mut units = Units::default();
    let mut entries = Vec::new();
    let mut start = after.map(|after| start_key(data_type, after));
    loop {
        let answer = query(store, data_type, start, limit.saturating_sub(entries.len()).max(1)).await?;
        units += read_units(answer.consumed_capacity());
        entries.extend(answer.items().iter().filter_map(listed));
        let next = answer.last_evaluated_key().and_then(position);
        start = answer.last_evaluated_key.filter(|_| next.is_none());
        if start.is_none() {
            return Ok(Metered { units, value: Page { entries, next } });
        }
    }
}

async fn query(
    store: &DynamoDbStore,
    data_type: &str,
    start: Option<Item>,
    limit: usize,
) -> Result<QueryOutput, StoreError> {
    let request = store.client.query().table_name(&store.table).index_name(DynamoDbStore::INDEX);
    let request = request
        .key_condition_expression("#dataType = :dataType")
        .expression_attribute_names("#dataType", DATA_TYPE)
        .expression_attribute_values(":dataType", text(data_type))
        .limit(i32::try_from(limit).unwrap_or(i32::MAX))
        .set_exclusive_start_key(start)
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    request.send().await.map_err(|error| store.fault("Query", &error))
}

/// Where the index goes on after a position.
fn start_key(data_type: &str, position: &Position) -> Item {
    let mut start = primary_key(position.key());
    start.insert(DATA_TYPE.to_owned(), text(data_type));
    start.insert(CREATED_AT.to_owned(), number(position.created_at()));
    start
}

/// The position of the item that a query ended with, unless no entry could be there.
fn position(last: &Item) -> Option<Position> {
    Position::parse(&format!("{}|{}", number_of(last, CREATED_AT)?, text_of(last, KEY)?))
}

/// What the index projects of an entry; an item that is none is left out.
fn listed(item: &Item) -> Option<Listed> {
    Some(Listed {
        key: text_of(item, KEY).filter(|key| Key::is_text(key))?.to_owned(),
        data_type: text_of(item, DATA_TYPE)?.to_owned(),
        region: text_of(item, "region")?.to_owned(),
        account_id: text_of(item, "accountId")?.to_owned(),
        created_at: number_of(item, CREATED_AT)?,
        expires_at: number_of(item, "expiresAt")?,
        used_at: number_of(item, "usedAt"),
        warmed: matches!(item.get("warmed"), Some(AttributeValue::Bool(true))),
        size: number_of(item, "size")?,
        fenced: None,
    })
}
