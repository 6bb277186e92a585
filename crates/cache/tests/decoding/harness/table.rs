use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

pub(crate) const NAME: &str = "query-cache";
const REFUSED: &str = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";

/// The items of a table by their key, as they are on the wire.
pub(crate) type Items = BTreeMap<String, Value>;

/// A table in this process, with the conditions that guard the epoch and leases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    items: Items,
    /// What every read is answered instead.
    instead: Option<Vec<u8>>,
}

impl Table {
    pub(crate) fn of(items: Items) -> Self {
        Self(Arc::new(Mutex::new(State { items, instead: None })))
    }

    pub(crate) fn items(&self) -> Items {
        self.state().items.clone()
    }

    /// From now on reads are answered with these bytes.
    pub(crate) fn answer_reads_with(&self, bytes: Vec<u8>) {
        self.state().instead = Some(bytes);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let operation = operation.unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("the SDK sends JSON");
        let mut state = self.state();
        let instead = state.instead.clone().filter(|_| operation.ends_with("GetItem"));
        let (status, answer) = match instead {
            Some(bytes) => (200, bytes),
            None => {
                let (status, answer) = state.items.answer(&operation, &body);
                (status, answer.to_string().into_bytes())
            }
        };
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}

trait Answer {
    fn answer(&mut self, operation: &str, body: &Value) -> (u16, Value);
}

impl Answer for Items {
    fn answer(&mut self, operation: &str, body: &Value) -> (u16, Value) {
        match operation {
            "GetItem" => (200, self.get(key(&body["Key"])).map_or(json!({}), |item| json!({"Item": item}))),
            "BatchGetItem" => {
                let keys = body["RequestItems"][NAME]["Keys"].as_array().into_iter().flatten();
                let found: Vec<_> = keys.filter_map(|asked| self.get(key(asked))).collect();
                (200, json!({"Responses": {NAME: found}, "UnprocessedKeys": {}}))
            }
            "BatchWriteItem" => {
                for write in body["RequestItems"][NAME].as_array().into_iter().flatten() {
                    let item = &write["PutRequest"]["Item"];
                    self.insert(key(item).to_owned(), item.clone());
                }
                (200, json!({"UnprocessedItems": {}}))
            }
            "PutItem" => match self.get(key(&body["Item"])).filter(|standing| is_in_the_way(standing, body)) {
                Some(standing) => (400, json!({"__type": REFUSED, "message": "refused", "Item": standing})),
                None => {
                    self.insert(key(&body["Item"]).to_owned(), body["Item"].clone());
                    (200, json!({}))
                }
            },
            "DeleteItem" => {
                self.remove(key(&body["Key"]));
                (200, json!({}))
            }
            _ => (200, json!({})),
        }
    }
}

fn key(item: &Value) -> &str {
    item["cacheKey"]["S"].as_str().unwrap_or_default()
}

/// Whether an item keeps the epoch or a lease from being put: a whole one does, unless it is named as what it is.
fn is_in_the_way(standing: &Value, put: &Value) -> bool {
    let values = &put["ExpressionAttributeValues"];
    let has = |name: &str, kind: &str| standing[name].get(kind).is_some();
    if key(standing) == "#epoch" {
        let named = ["incarnation", "counter", "marks"].iter().all(|name| standing[name] == values[format!(":{name}")]);
        return has("incarnation", "S") && has("counter", "N") && has("marks", "M") && !named;
    }
    key(standing).starts_with("#lease#")
        && has("owner", "S")
        && has("until", "N")
        && standing["owner"] != values[":over"]
}
