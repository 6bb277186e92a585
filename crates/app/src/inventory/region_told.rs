use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use larder_cache::{Answer, Freshness, Origin};
use larder_history::KeptResources;
use larder_sources::DataType;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::problem::{Code, Problem, of_failure};

/// Where what is told came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// This process.
    Memory,
    /// The store.
    Store,
    /// AWS, asked for this very answer.
    Upstream,
    /// The history, since AWS failed.
    History,
}

impl Source {
    /// Where the cache found it.
    pub(crate) fn of(origin: Origin) -> Self {
        match origin {
            Origin::Memory => Self::Memory,
            Origin::Store => Self::Store,
            Origin::Upstream { .. } => Self::Upstream,
        }
    }

    /// The word in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Store => "store",
            Self::Upstream => "upstream",
            Self::History => "history",
        }
    }
}

/// What is known of one region, and since when.
pub(super) struct RegionTold {
    pub(super) region: String,
    pub(super) source: Source,
    pub(super) as_of: Timestamp,
    pub(super) age: Duration,
    stale: bool,
    /// Why it is not newer, if AWS failed.
    cause: Option<Problem>,
    /// By id.
    pub(super) items: Vec<Item>,
    /// What names the state of the items.
    tag: String,
}

/// One resource.
pub(super) struct Item {
    pub(super) id: String,
    /// An object, as JSON.
    json: String,
}

impl RegionTold {
    /// What the cache answered.
    ///
    /// # Errors
    /// [`Code::Internal`] if the answer is no list of its data type's shape.
    pub(super) fn of_answer(region: &str, answer: &Answer, data_type: &DataType) -> Result<Self, Problem> {
        let cause = match &answer.freshness {
            Freshness::StaleIfError(failure) => Some(of_failure(failure, data_type)),
            Freshness::Fresh | Freshness::StaleWhileRevalidate => None,
        };
        Ok(Self {
            region: region.to_owned(),
            source: Source::of(answer.origin),
            as_of: fetch_begun(answer),
            age: answer.age,
            stale: !matches!(answer.freshness, Freshness::Fresh),
            cause,
            items: items_of(&answer.value, data_type)?,
            tag: answer.etag.to_string(),
        })
    }

    /// What is kept of it, where AWS failed with `cause`.
    pub(super) fn of_history(kept: KeptResources, cause: &Problem, now: Timestamp) -> Self {
        let KeptResources { region, as_of, resources } = kept;
        let items = resources
            .into_iter()
            .map(|resource| Item { id: resource.id, json: Value::Object(resource.attributes).to_string() });
        Self {
            region,
            source: Source::History,
            as_of,
            age: Duration::try_from(now.duration_since(as_of)).unwrap_or_default(),
            stale: true,
            cause: Some(cause.clone()),
            items: items.collect(),
            tag: format!("history {as_of}"),
        }
    }

    /// What names all that is told of the region: the state of its items, and what an answer says of itself, but for how
    /// old it is by now and which layer of the cache had it. Who has both has missed nothing.
    pub(super) fn state(&self) -> String {
        let Self { region, source, as_of, stale, cause, tag, .. } = self;
        let by = if *source == Source::History { "history" } else { "cache" };
        let cause = cause.as_ref().map(|cause| Value::Object(told_of(cause)).to_string()).unwrap_or_default();
        format!("{region} {by} {} {stale} {tag} {cause}\n", seconds_of(*as_of))
    }

    /// What an answer says of the region itself.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({
            "region": self.region,
            "source": self.source.name(),
            "ageSeconds": self.age.as_secs(),
            "asOf": seconds_of(self.as_of),
            "stale": self.stale,
        });
        if let (Some(document), Some(cause)) = (document.as_object_mut(), &self.cause) {
            document.extend(told_of(cause));
        }
        document
    }
}

impl Item {
    /// The resource with its region in front.
    pub(super) fn in_region(&self, region: &str) -> String {
        let fields = self.json.trim_start().strip_prefix('{').unwrap_or_default();
        let comma = if fields.trim_start().starts_with('}') { "" } else { "," };
        format!("{{\"region\":\"{region}\"{comma}{fields}")
    }
}

/// The code and the words of a problem, as they stand beside what is told in spite of it.
fn told_of(cause: &Problem) -> Map<String, Value> {
    let pair = |name: &str, text: &str| (name.to_owned(), Value::from(text));
    [pair("code", cause.code().name()), pair("detail", cause.detail())].into_iter().collect()
}

/// A moment without the parts of a second, which say nothing here.
pub(crate) fn seconds_of(moment: Timestamp) -> String {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment).to_string()
}

/// When the fetch of an answer began, whoever has it and whenever he asks.
pub(crate) fn fetch_begun(answer: &Answer) -> Timestamp {
    let millis = i64::try_from(answer.created_at).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The moment that was so long ago.
pub(crate) fn moment_before(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn items_of(answer: &[u8], data_type: &DataType) -> Result<Vec<Item>, Problem> {
    let wrong = |reason: &dyn std::fmt::Display| {
        Problem::new(Code::Internal, format!("The answer of {} is no list of its shape: {reason}.", data_type.name))
    };
    let shape = data_type.list.ok_or_else(|| wrong(&"it has none"))?;
    let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(answer).map_err(|error| wrong(&error))?;
    let list = members.get(shape.member).ok_or_else(|| wrong(&"there is no such member"))?;
    let list: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|error| wrong(&error))?;
    let item = |item: &RawValue| {
        let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(item.get())?;
        let id = serde_json::from_str(fields.get(shape.id).map_or("null", |id| id.get()))?;
        Ok(Item { id, json: item.get().to_owned() })
    };
    let items: Result<Vec<_>, serde_json::Error> = list.into_iter().map(item).collect();
    let mut items = items.map_err(|error| wrong(&error))?;
    items.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(items)
}
