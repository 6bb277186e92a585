use larder_standin::{CalledOperation, Config, Latency, Standin};
use serde_json::{Value, json};

use crate::ask::{Asker, send};

#[tokio::test]
async fn a_stopped_standin_refuses_and_starts_again_on_its_address() {
    let asker = Asker::start().await;
    let addr = asker.standin.addr();
    let client = reqwest::Client::new();
    let url = format!("{}/_standin/calls", asker.standin.url());
    assert!(client.get(&url).send().await.is_ok());

    asker.standin.stop().await;
    let refused = client.get(&url).send().await.expect_err("nobody listens");
    assert!(refused.is_connect(), "{refused:?}");

    let config = Config { listen: addr, ..Config::default() };
    let again = Standin::start(config.clone()).await.expect("the address is free");
    assert!(client.get(&url).send().await.is_ok());
    let taken = Standin::start(config).await.expect_err("the address is taken");
    assert!(taken.to_string().contains(&addr.to_string()));
    drop(again);
}

#[tokio::test]
async fn calls_are_counted_by_operation_account_and_region() {
    let mut asker = Asker::start().await;
    for region in ["us-east-1", "us-east-1", "eu-central-1"] {
        asker.region = region;
        asker.drs("DescribeJobs", json!({})).await;
    }
    assert_eq!(asker.standin.call_count("drs:DescribeJobs"), 3);
    let call = |region: &str| CalledOperation {
        operation: "drs:DescribeJobs".into(),
        account_id: "111122223333".into(),
        region: region.into(),
    };
    assert_eq!(asker.standin.calls()[&call("us-east-1")], 2);
    assert_eq!(asker.standin.calls()[&call("eu-central-1")], 1);

    let url = format!("{}/_standin/calls", asker.standin.url());
    let document = reqwest::get(url).await.expect("an answer").json::<Value>().await.expect("JSON");
    let rows = document["calls"].as_array().expect("rows");
    let row = json!({
        "operation": "drs:DescribeJobs", "accountId": "111122223333", "region": "us-east-1", "count": 2,
        "mostInASecond": document["calls"][1]["mostInASecond"]
    });
    assert!(rows.len() == 2 && rows.contains(&row), "{document}");
}

#[tokio::test]
async fn a_dropped_standin_stops() {
    let asker = Asker::start().await;
    let url = format!("{}/_standin/calls", asker.standin.url());
    drop(asker);
    // Ends as soon as nobody listens.
    while reqwest::get(&url).await.is_ok() {}
}

#[tokio::test(start_paused = true)]
async fn an_answer_under_way_is_finished_when_the_standin_stops() {
    let asker = slow().await;
    let request = asker.post("/DescribeJobs").header("authorization", asker.authorization("drs"));
    let under_way = tokio::spawn(send(request));
    while asker.standin.call_count("drs:DescribeJobs") == 0 {
        tokio::task::yield_now().await;
    }
    asker.standin.stop().await;
    assert_eq!(under_way.await.expect("no panic").status, 200);
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the clock is the test's own, and paused")]
async fn realistic_latency_takes_at_least_what_aws_takes() {
    let asker = slow().await;
    // The clock stands still but for the stand-in's own wait.
    let sent = tokio::time::Instant::now();
    asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
    assert!(sent.elapsed() >= tokio::time::Duration::from_millis(80));
}

async fn slow() -> Asker {
    let config = Config { latency: Latency::Realistic, ..Config::default() };
    Asker::with(config).await
}
