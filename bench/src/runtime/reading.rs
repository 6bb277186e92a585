use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::configuration::Configuration;
use larder_app::runtime::{AskedServer, KeptAnswer, RuntimeParts, RuntimeReader};
use larder_app::wiring::{OpenedHistory, dynamodb_runtime, fixed_aws};
use larder_app::{Principal, SystemEnvironment};
use larder_tests::{DynamoDbLocal, create_runtime_table, create_servers_table};
use serde_json::json;

use crate::arguments::Effort;
use crate::contest::contest;
use crate::row::Row;
use crate::stopwatch::Stopwatch;

const SERVERS: &str = "bench-runtime-servers";
const RUNTIME: &str = "bench-runtime-runtime";
const SERVER: &str = "i-0123456789abcdef0";

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let dynamodb = DynamoDbLocal::shared().await;
    create_servers_table(&dynamodb.client(), SERVERS).await?;
    create_runtime_table(&dynamodb.client(), RUNTIME).await?;
    // Both sides have a client of the same settings, but for how long they wait.
    let sdk = fixed_aws(dynamodb.endpoint_url(), "us-east-1", "bench", "bench");
    let mut configuration = Configuration::default();
    configuration.runtime.app_tag = Some("App=larder".parse()?);
    configuration.runtime.servers_table = Some(SERVERS.to_owned());
    configuration.runtime.table = Some(RUNTIME.to_owned());
    let history = OpenedHistory::none("nothing is registered there");
    let parts = dynamodb_runtime(&configuration, &sdk, Arc::new(SystemEnvironment::new()), &history)?;
    let client = Client::new(&sdk);
    keep(&parts).await?;

    let (reader, principal) = (RuntimeReader::new(parts, None), Principal::local());
    let asked = AskedServer { id: SERVER, month: None, account: None, region: None };
    let comparison = contest(
        effort,
        effort.samples(200),
        async || {
            let watch = Stopwatch::start();
            let kept = reader.server(&principal, &asked).await?;
            let took = watch.elapsed();
            ensure!(kept.timestamp.is_some(), "it was worked out at once");
            Ok(took)
        },
        async || get(&client).await,
    );
    let floor = "a bare GetItem of the same item";
    Ok(vec![Row::of("", comparison.await?, floor).at_most(1.25)])
}

/// Keeps the current month's answer beside the server.
async fn keep(parts: &RuntimeParts) -> anyhow::Result<()> {
    let now = parts.now();
    let month = RuntimeReader::new(parts.clone(), None).current_month();
    let kept: KeptAnswer = serde_json::from_value(json!({
        "instanceId": SERVER, "accountId": "111122223333", "region": "us-east-1", "month": month,
        "minutes": 1234.5, "lowerMinutes": 1234.5, "upperMinutes": 1250.25, "quality": "bounded",
        "approximateEndpoints": 4, "billedSeconds": 74_070, "asOf": now, "windowFrom": month.span().from,
        "windowTo": now, "sourceWatermark": now.plus(-900), "timestamp": now,
    }))?;
    Ok(parts.servers.keep(&kept).await?)
}

async fn get(client: &Client) -> anyhow::Result<Duration> {
    let watch = Stopwatch::start();
    let get = client.get_item().table_name(SERVERS).key("id", AttributeValue::S(SERVER.to_owned()));
    let found = get.consistent_read(true).send().await?.item;
    let took = watch.elapsed();
    found.context("the server is there")?;
    Ok(took)
}
