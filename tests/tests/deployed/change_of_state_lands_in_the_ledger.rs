use std::sync::Arc;

use anyhow::Context;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use larder_app::Second;
use larder_app::runtime::{DynamoDbItems, Ledger};
use larder_runtime::Evidence;
use larder_tests::wait_until;
use serde_json::json;

use crate::deployment::Deployment;

const REGION: &str = "us-east-1";

/// As EC2 tells it: on its account's default bus, from where the forwarding rule takes it to Larder's bus.
#[tokio::test]
async fn by_way_of_both_buses() {
    let deployment = Deployment::shared().await;
    let runs = async || {
        let reply = deployment.get("/runtime/servers", Some(&deployment.reader)).await;
        let servers = reply.json["servers"].as_array().cloned().unwrap_or_default();
        let here = servers.iter().find(|it| it["region"] == REGION && it["minutes"].is_number());
        Ok(here.and_then(|it| it["instanceId"].as_str().map(str::to_owned)))
    };
    let id = wait_until("there is a server", runs).await.expect("there is");

    let event = json!({"Entries": [{
        "Source": "aws.ec2",
        "DetailType": "EC2 Instance State-change Notification",
        "Resources": [format!("arn:aws:ec2:{REGION}:{}:instance/{id}", deployment.account(0))],
        "Detail": json!({"instance-id": id, "state": "running"}).to_string(),
    }]});
    let [put] = deployment.cloud.call([("events", "put_events", event)]).await.expect("it is put");
    let event_id = put["Entries"][0]["EventId"].as_str().unwrap_or_else(|| panic!("it is taken: {put}"));

    let ledger = ledger(deployment).expect("the stack tells its table");
    let kept = async || {
        let history = ledger.history(&id, Second::MIN).await.context("it is read")?;
        let is_it = |evidence: &Evidence| matches!(evidence, Evidence::Changed(it) if it.event_id == event_id);
        Ok(history.evidence.iter().any(is_it).then_some(()))
    };
    wait_until("the change is in the ledger", kept).await.expect("it is");
    let answer = deployment.get(&format!("/runtime/servers/{id}"), Some(&deployment.reader)).await;
    assert_eq!((answer.status, &answer.json["instanceId"]), (200, &json!(id)), "{answer:?}");
}

fn ledger(deployment: &Deployment) -> anyhow::Result<Ledger> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(deployment.cloud.aws_endpoint_url())
        .build();
    let table = deployment.cloud.output("RuntimeTableName")?;
    Ok(Ledger::new(Arc::new(DynamoDbItems::new(Client::from_conf(config), table))))
}
