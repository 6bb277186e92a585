//! An EC2 whose subnets and snapshots, kept in a store, are too much for one item of DynamoDB and many pages of SQLite.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How many there are.
const COUNT: usize = 4_000;

/// Answers `DescribeSubnets` and `DescribeSnapshots`, for any region and each time with others, and that there is one region
/// and nothing else; gone when this is dropped.
pub(crate) struct LargeSubnets {
    url: String,
    _serving: JoinSet<()>,
}

impl LargeSubnets {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let router = Router::new().fallback(answer).with_state(Arc::new(AtomicU64::new(1)));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, _serving: serving }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether all of an answer is there.
    pub(crate) fn are_whole(answer: &serde_json::Value) -> bool {
        answer["subnets"].as_array().is_some_and(|subnets| subnets.len() == COUNT)
    }
}

/// Hexadecimal digits that differ with each answer and don't compress to less than half.
async fn answer(State(state): State<Arc<AtomicU64>>, request: String) -> impl IntoResponse {
    let mut state = state.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x2545_f491_4f6c_dd1d);
    let mut digits = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    let action = request.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default();
    let items: String = match action {
        "DescribeSubnets" => items(|| {
            let vpc: String = (0..12).map(|_| digits()).collect();
            format!("<subnetId>subnet-{}</subnetId><vpcId>vpc-{vpc}</vpcId>", digits())
        }),
        "DescribeSnapshots" => items(|| {
            let words: String = (0..12).map(|_| digits()).collect();
            format!("<snapshotId>snap-{}</snapshotId><description>{words}</description>", digits())
        }),
        "DescribeRegions" => {
            "<item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>".to_owned()
        }
        _ => String::new(),
    };
    let set = match action {
        "DescribeSubnets" => "subnetSet",
        "DescribeSnapshots" => "snapshotSet",
        "DescribeRegions" => "regionInfo",
        "DescribeImages" => "imagesSet",
        "DescribeVolumes" => "volumeSet",
        _ => "reservationSet",
    };
    let head = format!("<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><{set}>");
    ([(CONTENT_TYPE, "text/xml")], format!("{head}{items}</{set}></{action}Response>"))
}

fn items(mut item: impl FnMut() -> String) -> String {
    (0..COUNT).map(|_| format!("<item>{}</item>", item())).collect()
}
