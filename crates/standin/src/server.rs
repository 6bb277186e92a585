use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Json, Request, State};
use axum::response::Response;
use axum::routing::get;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::calls::{CalledOperation, Calls};
use crate::fleet::Fleet;
use crate::latency::Latency;
use crate::operations::{Answer, Call, Operation, Service};
use crate::request::{CredentialScope, Incoming};
use crate::standin::Config;
use crate::wire::{Fault, Payload, Protocol};

/// No request of a describing operation comes near this many bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Server {
    fleet: Fleet,
    calls: Calls,
    latency: Latency,
    seed: u64,
    requests: AtomicU64,
}

/// A refusal, and the protocol to say it in.
type Refusal = (Protocol, Fault);

impl Server {
    pub(crate) fn new(fleet: Fleet, config: &Config) -> Self {
        Self { fleet, calls: Calls::default(), latency: config.latency, seed: config.seed, requests: AtomicU64::new(0) }
    }

    /// One fallback for all services: which one is meant stands in the signature, not in the path.
    pub(crate) fn router(server: Arc<Self>) -> Router {
        let calls = async |State(server): State<Arc<Self>>| Json(server.calls.document());
        let aws = async |State(server): State<Arc<Self>>, request: Request| server.answer(request).await;
        Router::new().route("/_standin/calls", get(calls)).fallback(aws).with_state(server)
    }

    pub(crate) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    async fn answer(&self, request: Request) -> Response {
        let request_id = self.next_request_id();
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.ok();
        let whole = body.is_some();
        let incoming = Incoming { parts, body: body.unwrap_or_default() };
        let result =
            if whole { self.serve(&incoming).await } else { Err((Protocol::guess(&incoming), Fault::too_large())) };
        match result {
            Ok((operation, payload)) => payload.into_response(operation, &request_id),
            Err((protocol, fault)) => protocol.refuse(&fault, &request_id),
        }
    }

    async fn serve(&self, incoming: &Incoming) -> Result<(&'static Operation, Payload), Refusal> {
        let (call, operation) = self.recognise(incoming)?;
        let nth = self.calls.record(CalledOperation {
            operation: operation.action(),
            account_id: call.account.id().to_string(),
            region: call.region.to_owned(),
        });
        let wait = self.latency.draw(self.seed, operation.name, nth, &operation.latency);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let answer = match operation.answer {
            Answer::Json(answer) => incoming.json().and_then(|input| answer(&call, input)).map(Payload::Json),
            Answer::Xml(answer) => answer(&call, &incoming.form()).map(Payload::Xml),
        };
        match answer {
            Ok(payload) => Ok((operation, payload)),
            Err(fault) => Err((operation.service.protocol(), fault)),
        }
    }

    /// Who calls what, as AWS goes about it: first the credentials, then the operation.
    fn recognise(&self, incoming: &Incoming) -> Result<(Call<'_>, &'static Operation), Refusal> {
        let guess = Protocol::guess(incoming);
        let scope = CredentialScope::of(&incoming.parts).map_err(|why| (guess, guess.unsigned(&why)))?;
        let service = Service::ALL.into_iter().find(|service| service.signing_name() == scope.service);
        let protocol = service.map_or(guess, Service::protocol);

        let account = self.fleet.account_of_key(&scope.access_key_id);
        let region = self.fleet.regions().iter().find(|it| **it == scope.region);
        let (Some(account), Some(region)) = (account, region) else {
            return Err((protocol, protocol.invalid_credentials()));
        };

        let name = protocol.operation_name(incoming);
        let operation = service.and_then(|service| Operation::find(service, &name));
        let Some(operation) = operation else {
            tracing::warn!(service = scope.service, operation = name, "an operation that the stand-in does not know");
            return Err((protocol, protocol.unknown_operation(&name)));
        };
        let call = Call { operation: operation.name, account, region, fleet: &self.fleet };
        Ok((call, operation))
    }

    fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let mut rng = StdRng::seed_from_u64(self.seed.rotate_left(32) ^ number);
        let bits: u128 = rng.random();
        let hex = format!("{bits:032x}");
        let [a, b, c, d, e] = [0..8, 8..12, 13..16, 17..20, 20..32].map(|part| &hex[part]);
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }
}
