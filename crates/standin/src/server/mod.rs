mod recognise;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::call_tag::CallTags;
use crate::calls::{CalledOperation, Calls};
use crate::clock::Clock;
use crate::control;
use crate::costs::Costs;
use crate::faults::{Fault, FaultKind, Faults};
use crate::fleet::Fleet;
use crate::latency::Latency;
use crate::lives::{Delivery, Lives};
use crate::lookup_rate::LookupRate;
use crate::operations::{Answer, Call, OPERATIONS};
use crate::paging::Pages;
use crate::replay::Replay;
use crate::request::Incoming;
use crate::sessions::Sessions;
use crate::standin::Config;
use crate::unknown_keys::UnknownKeys;
use crate::wire::{AwsError, Payload, Protocol};

use recognise::Recognised;

/// No request of a describing operation comes near this many bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Server {
    fleet: Fleet,
    lives: Lives,
    costs: Costs,
    delivery: Mutex<Delivery>,
    lookup_rate: LookupRate,
    unknown_keys: UnknownKeys,
    replay: Option<Replay>,
    sessions: Sessions,
    faults: Faults,
    calls: Calls,
    clock: Clock,
    latency: Latency,
    call_tags: CallTags,
    seed: u64,
    requests: AtomicU64,
}

/// What only this call has.
#[derive(Debug, Clone, Copy)]
struct OfCall {
    /// Among all requests.
    number: u64,
    pages: Pages,
    within_a_second: u64,
}

/// That a fault is about no operation that the stand-in has.
#[derive(Debug, thiserror::Error)]
#[error("the stand-in has no operation {0}")]
pub(crate) struct UnknownOperation(String);

impl Server {
    pub(crate) fn new(fleet: Fleet, replay: Option<Replay>, config: &Config) -> Self {
        Self {
            lives: Lives::generate(config.seed, &fleet, &config.servers),
            costs: Costs::generate(config.seed, &fleet),
            delivery: Mutex::new(config.delivery),
            lookup_rate: config.lookup_rate,
            unknown_keys: config.unknown_keys,
            fleet,
            replay,
            sessions: Sessions::new(config.seed, config.session_lifetime),
            faults: Faults::default(),
            calls: Calls::default(),
            clock: Clock::new(config.now),
            latency: config.latency,
            call_tags: config.call_tags,
            seed: config.seed,
            requests: AtomicU64::new(0),
        }
    }

    /// One fallback for all services: which one is meant stands in the signature, not in the path.
    pub(crate) fn router(server: Arc<Self>) -> Router {
        let aws = async |State(server): State<Arc<Self>>, request: Request| server.answer(request).await;
        control::routes().fallback(aws).with_state(server)
    }

    pub(crate) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub(crate) fn lives(&self) -> &Lives {
        &self.lives
    }

    pub(crate) fn costs(&self) -> &Costs {
        &self.costs
    }

    pub(crate) fn delivery(&self) -> Delivery {
        *self.delivery.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_delivery(&self, delivery: Delivery) {
        *self.delivery.lock().unwrap_or_else(PoisonError::into_inner) = delivery;
    }

    pub(crate) fn replay(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// # Errors
    /// If the fault could never hit a call.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<(), UnknownOperation> {
        let recorded = || self.replay.iter().flat_map(Replay::actions).any(|action| fault.is_about(action));
        if !OPERATIONS.iter().any(|it| fault.is_about(&it.action())) && !recorded() {
            return Err(UnknownOperation(fault.operation));
        }
        self.faults.add(fault, self.clock.now());
        Ok(())
    }

    pub(crate) fn active_faults(&self) -> Vec<Fault> {
        self.faults.list(self.clock.now())
    }

    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
    }

    async fn answer(&self, request: Request) -> Response {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request_id = self.request_id(number);
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.ok();
        let whole = body.is_some();
        let incoming = Incoming { parts, body: body.unwrap_or_default() };
        let recognised =
            if whole { self.recognise(&incoming) } else { Err((Protocol::guess(&incoming), AwsError::too_large())) };
        let recognised = match recognised {
            Ok(recognised) => recognised,
            Err((protocol, error)) => return protocol.refuse(&error, &request_id),
        };

        let called = recognised.called();
        let turn = self.calls.record(called.clone(), || self.clock.now());
        let fault = self.faults.strike(&called, self.clock.now());
        let delay = fault.map(FaultKind::delay).unwrap_or_default();
        let wait = self.latency.draw(self.seed, &recognised.name, turn.before, recognised.latency()) + delay;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let refusal = fault.and_then(|fault| {
            fault.refusal(recognised.service, &called.operation, &recognised.caller, &incoming.form())
        });
        let payload = match refusal {
            Some(error) => Err(error),
            None => {
                let pages = fault.map(|fault| fault.pages(number)).unwrap_or_default();
                let of_call = OfCall { number, pages, within_a_second: turn.within_a_second };
                self.payload(&recognised, &called, &incoming, of_call)
            }
        };
        let protocol = recognised.service.protocol();
        let response = match payload {
            Ok(payload) => payload.into_response(protocol, &recognised.name, &request_id),
            Err(error) => protocol.refuse(&error, &request_id),
        };
        match fault {
            Some(fault) => fault.damage(response).await,
            None => response,
        }
    }

    /// What was recorded, or else what the fleet has to say.
    fn payload(
        &self,
        recognised: &Recognised,
        called: &CalledOperation,
        incoming: &Incoming,
        of_call: OfCall,
    ) -> Result<Payload, AwsError> {
        let OfCall { number, pages, within_a_second } = of_call;
        let tag = self.call_tags.value(number, called);
        let call = Call {
            operation: recognised.operation.map_or("", |operation| operation.name),
            caller: &recognised.caller,
            account: recognised.caller.account,
            region: recognised.region,
            pages,
            tag: tag.as_deref(),
            fleet: &self.fleet,
            lives: &self.lives,
            costs: &self.costs,
            delivery: self.delivery(),
            lookup_rate: self.lookup_rate,
            within_a_second,
            sessions: &self.sessions,
            now: self.clock.now(),
        };
        let recorded = self.replay.as_ref().and_then(|replay| replay.answer(called, &call, &incoming.form()));
        match (recorded, recognised.operation) {
            (Some(recorded), _) => recorded,
            (None, Some(operation)) => match operation.answer {
                Answer::Json(answer) => incoming.json().and_then(|input| answer(&call, input)).map(Payload::Json),
                Answer::Xml(answer) => answer(&call, &incoming.form()).map(Payload::Xml),
            },
            (None, None) => Err(recognised.service.protocol().unknown_operation(&recognised.name)),
        }
    }

    fn request_id(&self, number: u64) -> String {
        let mut rng = StdRng::seed_from_u64(self.seed.rotate_left(32) ^ number);
        let bits: u128 = rng.random();
        let hex = format!("{bits:032x}");
        let [a, b, c, d, e] = [0..8, 8..12, 13..16, 17..20, 20..32].map(|part| &hex[part]);
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }
}
