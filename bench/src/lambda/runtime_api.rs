//! Lambda's side of the runtime API, as much of it as a function needs.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use larder_app::SystemEnvironment;
use larder_cache::Environment;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::stopwatch::Stopwatch;

/// How long a function has for an answer, as it is told.
const TIMEOUT: Duration = Duration::from_secs(30);
const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:bench";

/// A runtime API for one function. Its tasks end when this is dropped.
pub(super) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::Sender<Bytes>,
    outcomes: Mutex<mpsc::Receiver<Outcome>>,
    polled: oneshot::Receiver<Stopwatch>,
    _server: JoinSet<()>,
}

/// What a function posted: its answer, or the report of its error.
type Outcome = Result<Invoked, Bytes>;

/// An answer, and how long after its event was handed out it was in.
pub(super) struct Invoked {
    pub(super) took: Duration,
    pub(super) answer: Bytes,
}

struct Desk {
    events: Mutex<mpsc::Receiver<Bytes>>,
    outcomes: mpsc::Sender<Outcome>,
    handed_out: StdMutex<Option<Stopwatch>>,
    first_poll: StdMutex<Option<oneshot::Sender<Stopwatch>>>,
    clock: SystemEnvironment,
}

impl RuntimeApi {
    /// One on a free port.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::channel(1);
        let (posted, outcomes) = mpsc::channel(1);
        let (first_poll, polled) = oneshot::channel();
        let desk = Arc::new(Desk {
            events: Mutex::new(waiting),
            outcomes: posted,
            handed_out: StdMutex::default(),
            first_poll: StdMutex::new(Some(first_poll)),
            clock: SystemEnvironment::new(),
        });
        let mut server = JoinSet::new();
        server.spawn(accept(listener, desk));
        Ok(Self { address, events, outcomes: Mutex::new(outcomes), polled, _server: server })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` must be.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until a function asks for its first event; when that was.
    ///
    /// # Errors
    /// If it was waited for already.
    pub(super) async fn first_poll(&mut self) -> anyhow::Result<Stopwatch> {
        Ok((&mut self.polled).await?)
    }

    /// Hands out one event, and waits for what the function makes of it.
    ///
    /// # Errors
    /// If the function reports one, at its start or now.
    pub(super) async fn invoke(&self, event: Bytes) -> anyhow::Result<Invoked> {
        let mut outcomes = self.outcomes.lock().await;
        self.events.send(event).await.context("the runtime API has ended")?;
        let outcome = outcomes.recv().await.context("the runtime API has ended")?;
        outcome.map_err(|report| anyhow!("the function failed: {}", String::from_utf8_lossy(&report)))
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, desk.clone()));
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    // Without it small answers wait for an acknowledgement; a connection that can't be told so is no worse off.
    let _slower = stream.set_nodelay(true);
    let service = service_fn(|request| async { Ok::<_, Infallible>(desk.answer(request).await) });
    // A function that was stopped takes its connection with it.
    let _gone = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let what = path.strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
        match (request.method(), what.rsplit('/').next()) {
            (&Method::GET, Some("next")) => self.next().await,
            (&Method::POST, Some("response")) => self.take(request, Ok).await,
            (&Method::POST, Some("error")) => self.take(request, |invoked| Err(invoked.answer)).await,
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let first_poll = self.first_poll.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(first_poll) = first_poll {
            // Most benchmarks don't wait for it.
            let _unheard = first_poll.send(Stopwatch::start());
        }
        let Some(event) = self.events.lock().await.recv().await else { return status(StatusCode::GONE) };
        let deadline = (self.clock.now().wall + TIMEOUT).as_millis();
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", REQUEST_ID)
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", FUNCTION_ARN)
            .body(Full::new(event));
        *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::start());
        response.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// An error before the first event took no time.
    async fn take(&self, request: Request<Incoming>, outcome: fn(Invoked) -> Outcome) -> Response<Full<Bytes>> {
        let Ok(body) = request.into_body().collect().await else { return status(StatusCode::BAD_REQUEST) };
        let answer = body.to_bytes();
        let handed_out = self.handed_out.lock().unwrap_or_else(PoisonError::into_inner).take();
        let took = handed_out.map(Stopwatch::elapsed).unwrap_or_default();
        // Nobody waits any more only if the benchmark is over.
        let _unheard = self.outcomes.send(outcome(Invoked { took, answer })).await;
        status(StatusCode::ACCEPTED)
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
