//! DynamoDB on a bad day. DynamoDB Local throttles nobody, answers at once and leaves nothing unprocessed, so a proxy in
//! front of it does.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::serve::ListenerExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::storm::Storm;

/// More than DynamoDB sends or takes in one piece.
const LARGEST: usize = 32 << 20;
const JSON: &str = "application/x-amz-json-1.0";

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreFault {
    /// Refused for load, by this name.
    Throttled(&'static str),
    /// Taken, and never answered.
    Held,
    /// Answered so much later.
    Slow(Duration),
    /// Refused for a failure of its own.
    Failed,
    /// Not taken: the connection is reset.
    Reset,
    /// Taken and done, and then the connection is reset: nobody hears of it.
    AnswerLost,
    /// A batch read is answered without the epoch, which is named as unprocessed; other calls are answered well.
    EpochUnprocessed,
    /// The same with all but the epoch.
    EntryUnprocessed,
}

/// A DynamoDB with faults on demand, gone when this is dropped.
pub(crate) struct FaultyDynamoDb {
    url: String,
    proxy: Arc<Proxy>,
    _serving: JoinSet<()>,
}

struct Proxy {
    target: String,
    client: reqwest::Client,
    today: Mutex<Today>,
    /// How many calls came, by their operation.
    calls: Mutex<HashMap<String, u64>>,
    /// Which operations came, by their table.
    touched: Mutex<BTreeSet<(String, String)>>,
}

#[derive(Default)]
struct Today {
    fault: Option<StoreFault>,
    /// Draws a fault for each call instead.
    storm: Option<Storm>,
    /// How many calls have yet to pass before it happens to the first.
    spared: u64,
    /// How many calls it has yet to happen to; without end where absent.
    left: Option<u64>,
    happened: u64,
}

impl FaultyDynamoDb {
    /// In front of the DynamoDB at `url`, with no fault as yet.
    pub(crate) async fn before(url: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (today, calls, touched) = Default::default();
        let proxy = Arc::new(Proxy { target: url.to_owned(), client, today, calls, touched });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let router = Router::new().fallback(answer).with_state(proxy.clone());
        let mut serving = JoinSet::new();
        // A connection that is given up is reset, and not ended in good order.
        let listener = listener.tap_io(|connection| connection.set_zero_linger().expect("an open connection"));
        serving.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, proxy, _serving: serving }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on, until it is over.
    pub(crate) fn fault(&self, fault: StoreFault) {
        self.fault_after(0, fault);
    }

    /// From then on when so many calls that it could happen to have passed.
    pub(crate) fn fault_after(&self, calls: u64, fault: StoreFault) {
        *self.proxy.today() = Today { fault: Some(fault), spared: calls, ..Today::default() };
    }

    /// With the next `calls` that it can happen to.
    pub(crate) fn fault_for(&self, calls: u64, fault: StoreFault) {
        *self.proxy.today() = Today { fault: Some(fault), left: Some(calls), ..Today::default() };
    }

    /// Whatever the storm brings, until it is over.
    pub(crate) fn storm(&self, storm: Storm) {
        *self.proxy.today() = Today { storm: Some(storm), ..Today::default() };
    }

    /// No fault any more.
    pub(crate) fn recover(&self) {
        *self.proxy.today() = Today::default();
    }

    /// To how many calls the fault has happened.
    pub(crate) fn happened(&self) -> u64 {
        self.proxy.today().happened
    }

    /// How many calls of an operation came, whatever became of them.
    pub(crate) fn called(&self, operation: &str) -> u64 {
        self.proxy.calls().get(operation).copied().unwrap_or_default()
    }

    /// Tables, and the operations that came for them, since this was last called.
    pub(crate) fn take_touched(&self) -> BTreeSet<(String, String)> {
        std::mem::take(&mut *self.proxy.touched())
    }
}

impl Proxy {
    fn today(&self) -> MutexGuard<'_, Today> {
        self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touched(&self) -> MutexGuard<'_, BTreeSet<(String, String)>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self, operation: &str, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let batched = body["RequestItems"].as_object().into_iter().flat_map(serde_json::Map::keys);
        let tables = body["TableName"].as_str().into_iter().chain(batched.map(String::as_str));
        self.touched().extend(tables.map(|table| (table.to_owned(), operation.to_owned())));
    }

    /// What happens to a call of this operation.
    fn fate(&self, operation: &str) -> Option<StoreFault> {
        let mut today = self.today();
        if let Some(storm) = &mut today.storm {
            let fault = storm.strike(operation)?;
            today.happened += 1;
            return Some(fault);
        }
        let fault = today.fault.filter(|_| today.left != Some(0))?;
        let only_batches = matches!(fault, StoreFault::EpochUnprocessed | StoreFault::EntryUnprocessed);
        if only_batches && operation != "BatchGetItem" {
            return None;
        }
        if today.spared > 0 {
            today.spared -= 1;
            return None;
        }
        today.left = today.left.map(|left| left - 1);
        today.happened += 1;
        Some(fault)
    }

    /// What DynamoDB Local answers.
    async fn pass(&self, headers: &HeaderMap, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let kept = headers
            .iter()
            .filter(|(name, _)| ![header::HOST, header::CONTENT_LENGTH, header::ACCEPT_ENCODING].contains(name));
        let headers: HeaderMap = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        let answer = self.client.post(&self.target).headers(headers).body(body).send().await.expect("it answers");
        (answer.status(), answer.bytes().await.expect("a whole body").to_vec())
    }
}

async fn answer(State(proxy): State<Arc<Proxy>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.expect("a whole body").to_vec();
    let operation = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = operation.and_then(|target| target.split('.').nth(1)).unwrap_or_default();
    *proxy.calls().entry(operation.to_owned()).or_default() += 1;
    proxy.touch(operation, &body);
    let (status, body) = match proxy.fate(operation) {
        None => proxy.pass(&head.headers, body).await,
        Some(StoreFault::Slow(by)) => {
            tokio::time::sleep(by).await;
            proxy.pass(&head.headers, body).await
        }
        Some(StoreFault::Reset) => return reset(),
        Some(StoreFault::AnswerLost) => {
            proxy.pass(&head.headers, body).await;
            return reset();
        }
        Some(StoreFault::Failed) => {
            let failure =
                json!({"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "a fault"});
            (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string().into_bytes())
        }
        Some(StoreFault::Held) => std::future::pending().await,
        Some(StoreFault::Throttled(name)) => {
            let refusal = json!({
                "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
                "message": "The level of configured provisioned throughput for the table was exceeded.",
            });
            (StatusCode::BAD_REQUEST, refusal.to_string().into_bytes())
        }
        Some(StoreFault::EpochUnprocessed) => {
            let (status, answer) = proxy.pass(&head.headers, body).await;
            (status, leave(&answer, |key| key == "#epoch"))
        }
        Some(StoreFault::EntryUnprocessed) => {
            let (status, answer) = proxy.pass(&head.headers, body).await;
            (status, leave(&answer, |key| key != "#epoch"))
        }
    };
    let answer = Response::builder().status(status).header(header::CONTENT_TYPE, JSON);
    answer.body(Body::from(body)).expect("a response")
}

/// An answer whose body breaks off before it begins, upon which the server gives the connection up.
fn reset() -> Response<Body> {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("a fault on demand")) });
    Response::new(Body::from_stream(broken))
}

/// The answer to a batch read with some of its items moved to those that were not processed.
fn leave(answer: &[u8], left: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).expect("JSON");
    let mut unprocessed = json!({});
    for (table, items) in answer["Responses"].as_object_mut().expect("tables") {
        let items = items.as_array_mut().expect("items");
        let is_left = |item: &Value| left(item["cacheKey"]["S"].as_str().expect("a key"));
        let keys: Vec<_> =
            items.iter().filter(|item| is_left(item)).map(|item| json!({"cacheKey": item["cacheKey"]})).collect();
        items.retain(|item| !is_left(item));
        if !keys.is_empty() {
            unprocessed[table] = json!({"Keys": keys, "ConsistentRead": true});
        }
    }
    answer["UnprocessedKeys"] = unprocessed;
    answer.to_string().into_bytes()
}
