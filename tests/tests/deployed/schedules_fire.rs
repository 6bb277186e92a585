use larder_tests::wait_until;
use serde_json::{Value, json};

use crate::deployment::Deployment;

#[tokio::test]
async fn the_calculator_s_has_worked_out_running_minutes() {
    let deployment = Deployment::shared().await;
    let worked_out = async || {
        let reply = deployment.get("/runtime/servers", Some(&deployment.reader)).await;
        let servers = reply.json["servers"].as_array().filter(|servers| !servers.is_empty()).cloned();
        Ok(servers.filter(|servers| servers.iter().all(|it| it["minutes"].is_number())))
    };
    let servers = wait_until("the calculator ran", worked_out).await.expect("it does");
    assert!(servers.iter().all(|it| it["accountId"] == deployment.account(0).as_str()), "{servers:?}");
}

#[tokio::test]
async fn the_warmer_s_has_run_it_without_an_error() {
    const GROUP: &str = "/aws/lambda/larder-cache-warmer-local";
    let deployment = Deployment::shared().await;
    let logged = async || {
        let [found] = deployment.cloud.call([("logs", "filter_log_events", json!({"logGroupName": GROUP}))]).await?;
        let events = found["events"].as_array().cloned().unwrap_or_default();
        let lines: Vec<_> = events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)).collect();
        Ok(lines.iter().any(|line| line.starts_with("END RequestId")).then_some(lines))
    };
    let lines = wait_until("the warmer ran", logged).await.expect("it does");
    let level = |line: &String| serde_json::from_str::<Value>(line).ok().map(|line| line["level"].clone());
    assert!(!lines.iter().any(|line| level(line) == Some("ERROR".into())), "{lines:#?}");
}
