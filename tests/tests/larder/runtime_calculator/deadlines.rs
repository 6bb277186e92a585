//! Lambda's deadlines by a faked clock: the emulator can only go by the real one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// More than Lambda takes in one piece.
const LARGEST: usize = 8 << 20;
/// In whole milliseconds since 1970.
const DEADLINE: &str = "lambda-runtime-deadline-ms";
/// What stands before a function's command: the function then asks at `$0`, which is told where the emulator is.
const ASK_HERE: &str = "AWS_LAMBDA_RUNTIME_API=\"http://$0/$AWS_LAMBDA_RUNTIME_API\" exec \"$@\"";

/// What stands between an emulator and its function, and sets deadlines right.
pub(super) struct Deadlines {
    address: String,
    /// That of every invocation, in milliseconds since 1970: the function's clock stands still.
    deadline: Arc<AtomicI64>,
    _serving: JoinSet<()>,
}

impl Deadlines {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let deadline = Arc::new(AtomicI64::new(0));
        let router = Router::new().fallback(pass).with_state(deadline.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, deadline, _serving: serving }
    }

    /// From now on invocations have to be answered by then, in seconds since 1970.
    pub(super) fn set(&self, unix: i64) {
        self.deadline.store(unix * 1_000, Ordering::SeqCst);
    }

    /// The command by way of which the function has to be started.
    pub(super) fn wrapper(&self) -> [&str; 4] {
        ["/bin/sh", "-c", ASK_HERE, &self.address]
    }
}

/// The path begins with the emulator's address.
async fn pass(State(deadline): State<Arc<AtomicI64>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.expect("a whole body");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asked = client.request(head.method, format!("http:/{}", head.uri.path())).headers(head.headers).body(body);
    let mut passed = Response::new(Body::empty());
    let Ok(answer) = asked.send().await else {
        // The emulator is gone, and its function goes with it.
        *passed.status_mut() = StatusCode::BAD_GATEWAY;
        return passed;
    };
    *passed.status_mut() = answer.status();
    for (name, value) in answer.headers() {
        passed.headers_mut().insert(name, value.clone());
    }
    if let Some(value) = passed.headers_mut().get_mut(DEADLINE) {
        *value = HeaderValue::from(deadline.load(Ordering::SeqCst));
    }
    *passed.body_mut() = Body::from(answer.bytes().await.expect("a whole body"));
    passed
}
