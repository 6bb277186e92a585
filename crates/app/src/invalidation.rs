use larder_cache::{Cache, Selector};
use larder_sources::{AccountId, DATA_TYPES, DataType, Region};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Principal;
use crate::changes::{Changes, What};
use crate::problem::{Code, Problem, of_invalidate_error, quoted};
use crate::queries::{account_of_text, data_type_of_text, region_of_text};

/// Kills what matches, shared by HTTP, direct invocation and the program.
pub struct Invalidation {
    cache: Cache,
    changes: Changes,
}

/// Which entries, each part given or any.
#[derive(Clone, Debug, Default)]
pub struct InvalidationRequest {
    /// Entries of one data type only.
    pub data_type: Option<&'static DataType>,
    /// Entries of one region only, and those that have none.
    pub region: Option<Region>,
    /// Entries of one account only, and those that are the same for all.
    pub account: Option<AccountId>,
    /// Whether the items are deleted too.
    pub purge: bool,
}

/// An invalidation that is in effect.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvalidationDone {
    /// `Cache invalidated`.
    pub message: String,
    /// The data type, or `*` for all.
    pub data_type: String,
    /// The region, or `*` for all.
    pub region: String,
    /// The account, or `*` for all.
    pub account_id: String,
    /// The epoch that it made.
    pub epoch: EpochDone,
    /// After how many milliseconds every container has seen it.
    pub effective_within_ms: u64,
    /// How many items a purge deleted, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purged: Option<u64>,
}

/// The table's invalidation clock.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EpochDone {
    /// The random name of one life of the clock.
    pub incarnation: String,
    /// How many invalidations there have been in it.
    pub counter: u64,
}

const FIELDS: [&str; 4] = ["dataType", "region", "accountId", "purge"];

impl InvalidationRequest {
    /// Reads `{dataType?, region?, accountId?, purge?}`, and nothing else: a typo must never clear everything.
    ///
    /// # Errors
    /// A [`Problem`] that names the field.
    pub fn parse(body: &Value) -> Result<Self, Problem> {
        let Value::Object(fields) = body else {
            let detail = "The body must be a JSON object; {} clears everything.";
            return Err(Problem::new(Code::InvalidBody, detail));
        };
        if let Some(unknown) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            let detail = format!("There is no field {}. There are {}.", quoted(unknown), FIELDS.join(", "));
            return Err(Problem::new(Code::UnknownField, detail).with("known", FIELDS.to_vec()));
        }
        Ok(Self {
            data_type: text(fields, "dataType")?.map(data_type_of_text).transpose()?,
            region: text(fields, "region")?.map(region_of_text).transpose()?,
            account: text(fields, "accountId")?.map(account_of_text).transpose()?,
            purge: match fields.get("purge") {
                None => false,
                Some(Value::Bool(purge)) => *purge,
                Some(_) => return Err(wrong_type("purge", "true or false")),
            },
        })
    }

    /// What [`Self::parse`] reads as the same request.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut fields = Map::new();
        fields.extend(self.data_type.map(|data_type| ("dataType".to_owned(), data_type.name.into())));
        fields.extend(self.region.map(|region| ("region".to_owned(), region.name().into())));
        fields.extend(self.account.as_ref().map(|account| ("accountId".to_owned(), account.as_str().into())));
        fields.extend(self.purge.then(|| ("purge".to_owned(), true.into())));
        Value::Object(fields)
    }

    fn selector(&self) -> Result<Selector, Problem> {
        let internal = |error: larder_cache::InvalidPart| Problem::new(Code::Internal, error.to_string());
        let mut selector = Selector::EVERYTHING;
        if let Some(data_type) = self.data_type {
            selector = selector.data_type(data_type.name).map_err(internal)?;
        }
        if let Some(region) = self.region {
            selector = selector.region(region.name()).map_err(internal)?;
        }
        if let Some(account) = &self.account {
            selector = selector.account(account.as_str()).map_err(internal)?;
        }
        Ok(selector)
    }
}

impl Invalidation {
    pub(crate) fn new(cache: Cache, changes: Changes) -> Self {
        Self { cache, changes }
    }

    /// Kills what the request selects, for every container.
    ///
    /// # Errors
    /// A [`Problem`] if the caller may not, or if the store did not acknowledge it; never an answer then.
    pub async fn invalidate(
        &self,
        principal: &Principal,
        request: &InvalidationRequest,
    ) -> Result<InvalidationDone, Problem> {
        principal.check_invalidate(request.account.as_ref())?;
        let selector = request.selector()?;
        let done = if request.purge {
            let named = request.data_type.map(|data_type| vec![data_type.name]);
            let names = named.unwrap_or_else(|| DATA_TYPES.iter().map(|data_type| data_type.name).collect());
            self.cache.purge(&selector, &names).await
        } else {
            self.cache.invalidate(&selector).await
        };
        let done = done.map_err(|error| {
            tracing::error!(%selector, %error, "an invalidation failed");
            of_invalidate_error(&error)
        })?;
        tracing::info!(%selector, purged = done.purged, counter = done.epoch.counter, "invalidated");
        self.changes.tell(What::Cache, request.account.clone());
        let any = || "*".to_owned();
        Ok(InvalidationDone {
            message: "Cache invalidated".to_owned(),
            data_type: request.data_type.map_or_else(any, |data_type| data_type.name.to_owned()),
            region: request.region.map_or_else(any, |region| region.name().to_owned()),
            account_id: request.account.as_ref().map_or_else(any, ToString::to_string),
            epoch: EpochDone { incarnation: done.epoch.incarnation.to_string(), counter: done.epoch.counter },
            effective_within_ms: u64::try_from(done.effective_within.as_millis()).unwrap_or(u64::MAX),
            purged: done.purged,
        })
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Problem> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(name, "a text")),
    }
}

fn wrong_type(field: &str, right: &str) -> Problem {
    Problem::new(Code::InvalidBody, format!("The field {field} must be {right}; leave it out to mean any."))
        .with("field", field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_sent_as_it_is_read() {
        for body in [
            json!({}),
            json!({"dataType": "ec2-subnets", "region": "us-east-1", "accountId": "111122223333", "purge": true}),
        ] {
            assert_eq!(InvalidationRequest::parse(&body).expect("a request").body(), body);
        }
    }
}
