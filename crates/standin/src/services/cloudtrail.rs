use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::throttled;
use crate::lives::Record;
use crate::operations::{Call, Service};
use crate::paging::page;
use crate::snapshot::Snapshot;
use crate::wire::AwsError;

/// `MaxResults`' bound, and its default.
const PAGE_MAX: i64 = 50;

/// How far back lookups reach.
const REACH: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Input {
    #[serde(default)]
    lookup_attributes: Vec<Attribute>,
    /// Seconds since 1970, also parts of them.
    start_time: Option<f64>,
    end_time: Option<f64>,
    event_category: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Attribute {
    attribute_key: Key,
    attribute_value: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
}

/// `LookupEvents`: newest first, without what CloudTrail does not show yet.
pub(crate) fn lookup_events(call: &Call, input: Value) -> Result<Value, AwsError> {
    if call.lookup_rate.refuses(call.within_a_second) {
        return Err(throttled(Service::CloudTrail));
    }
    let input: Input = serde_json::from_value(input)
        .map_err(|error| AwsError::new(400, "SerializationException", error.to_string()))?;
    let attribute = attribute(&input.lookup_attributes)?;
    let size = page_size(input.max_results)?;
    let token = input.next_token.as_deref();
    let invalid_token = |_| AwsError::new(400, "InvalidNextTokenException", "Invalid NextToken.");
    let asked = attribute.map(|it| (it.attribute_key, &it.attribute_value));
    let times = [input.start_time, input.end_time].map(|it| it.map(f64::to_bits));
    let question = (asked, times, &input.event_category, size);
    let (snapshot, token) = Snapshot::of(call, token, question).map_err(invalid_token)?;

    let span = span(&input, snapshot.taken)?;
    let mut records = match input.event_category.as_deref() {
        None => call.lives.looked_up((call.account.id(), call.region), &span, snapshot.taken, &call.delivery),
        // No trail of the fleet looks for insights.
        Some("insight") => Vec::new(),
        Some(_) => return Err(AwsError::new(400, "InvalidEventCategoryException", "Invalid event category.")),
    };
    if let Some(Attribute { attribute_key, attribute_value }) = attribute {
        records.retain(|record| has(record, *attribute_key, attribute_value));
    }
    let page = page(&records, call, token, size).map_err(invalid_token)?;
    let events: Vec<Value> = page.items.iter().map(Record::looked_up).collect();
    let mut answer = json!({ "Events": events });
    if let Some(next) = page.next {
        answer["NextToken"] = snapshot.token(&next).into();
    }
    Ok(answer)
}

fn attribute(attributes: &[Attribute]) -> Result<Option<&Attribute>, AwsError> {
    let invalid = |message| Err(AwsError::new(400, "InvalidLookupAttributesException", message));
    match attributes {
        [] => Ok(None),
        [attribute] if attribute.attribute_value.is_empty() => invalid("The value of a lookup attribute is empty."),
        [attribute] => Ok(Some(attribute)),
        _ => invalid("You can specify only one lookup attribute."),
    }
}

fn page_size(asked: Option<i64>) -> Result<usize, AwsError> {
    let size = asked.unwrap_or(PAGE_MAX);
    usize::try_from(size).ok().filter(|_| (1..=PAGE_MAX).contains(&size)).ok_or_else(|| {
        let message = format!("MaxResults must be between 1 and {PAGE_MAX}.");
        AwsError::new(400, "InvalidMaxResultsException", message)
    })
}

/// Both ends are asked for.
fn span(input: &Input, now: Timestamp) -> Result<std::ops::Range<Timestamp>, AwsError> {
    let invalid = |message: &str| AwsError::new(400, "InvalidTimeRangeException", message);
    let moment = |seconds: f64| {
        let whole = Timestamp::from_second(seconds.floor() as i64);
        whole.map_err(|_| invalid("A time is outside of the range of possible values."))
    };
    let oldest = now - REACH;
    // An event's time has no parts of a second: the first one asked for is the next whole one.
    let start = input.start_time.map(f64::ceil).map(moment).transpose()?.unwrap_or(oldest);
    let end = input.end_time.map(moment).transpose()?.unwrap_or(now);
    if input.start_time.zip(input.end_time).is_some_and(|(start, end)| start > end) {
        return Err(invalid("The start time is after the end time."));
    }
    if end < oldest {
        return Err(invalid("The time range is further back than 90 days."));
    }
    Ok(start.max(oldest)..end.min(now))
}

fn has(record: &Record, key: Key, value: &str) -> bool {
    match key {
        Key::EventId => record.event_id() == value,
        Key::EventName => record.name == value,
        Key::ReadOnly => record.read_only() == value,
        Key::Username => record.user_name() == Some(value),
        Key::ResourceType => record.resources().iter().any(|(kind, _)| *kind == value),
        Key::ResourceName => record.resources().iter().any(|(_, name)| name == value),
        Key::EventSource => record.event_source() == value,
        Key::AccessKeyId => record.access_key_id().as_deref() == Some(value),
    }
}
