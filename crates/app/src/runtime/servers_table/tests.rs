use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_runtime::{Quality, Span, Totals};
use larder_tests::{DynamoDbLocal, create_servers_table};

use super::*;
use crate::runtime::SqliteItems;

async fn dynamodb(name: &str) -> (Client, DynamoDbServers) {
    let client = DynamoDbLocal::shared().await.client();
    create_servers_table(&client, name).await.expect("a new table");
    (client.clone(), DynamoDbServers::new(client, name))
}

fn server(id: &str) -> Server {
    let (account_id, region) = (Some("111122223333".to_owned()), Some("us-east-1".to_owned()));
    Server { instance_id: id.to_owned(), account_id, region }
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// One that ran all the time.
fn kept(id: &str, as_of: &str) -> KeptAnswer {
    let as_of: Second = as_of.parse().expect("ISO 8601");
    let window = Span { from: Month::of(as_of).span().from, to: as_of };
    let totals = Totals { lower: window.seconds() - 7, upper: window.seconds(), billed: 60, approximate_endpoints: 1 };
    let answer = Answer::new(server(id), Month::of(as_of), window, &totals, Some(as_of.plus(-900)));
    KeptAnswer { answer, timestamp: Some(as_of) }
}

async fn check(servers: Arc<dyn ServersTable>) {
    let now = "2025-11-03T05:00:00Z".parse().expect("ISO 8601");
    assert_eq!(servers.get("i-1").await, Ok(None));
    let [earlier, later] = ["2025-11-03T04:00:00Z", "2025-11-03T04:10:00Z"].map(|as_of| kept("i-1", as_of));
    for written in [&later, &earlier, &later] {
        servers.keep(written).await.expect("it is written");
        assert_eq!(servers.get("i-1").await, Ok(Some(later.clone())), "an earlier one takes no later one's place");
    }
    servers.make_stale(&server("i-1"), month("2025-11"), now).await.expect("it is written");
    let mut stale = later.clone();
    stale.answer.quality = Quality::Stale;
    assert_eq!(servers.get("i-1").await, Ok(Some(stale.clone())));
    servers.make_stale(&server("i-0"), month("2025-11"), now).await.expect("it is written");
    let unknown = KeptAnswer::unknown(server("i-0"), month("2025-11"), now);
    assert_eq!(unknown.answer.minutes, None);
    assert_eq!([servers.get("i-0").await, servers.get("i-1").await], [Ok(Some(unknown)), Ok(Some(stale))]);
    servers.make_stale(&server("i-1"), month("2025-12"), month("2025-12").span().from).await.expect("it is written");
    let unknown = KeptAnswer::unknown(server("i-1"), month("2025-12"), month("2025-12").span().from);
    assert_eq!(servers.get("i-1").await, Ok(Some(unknown)), "never last month's value");
}

#[tokio::test]
async fn dynamodb_keeps_answers_beside_servers() {
    check(Arc::new(dynamodb("servers-kept").await.1)).await;
}

#[tokio::test]
async fn a_laptop_keeps_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let items = SqliteItems::open(&folder.path().join("runtime.sqlite")).await.expect("a new file");
    check(Arc::new(ServersInItems::new(Arc::new(items)))).await;
}

#[tokio::test]
async fn what_else_an_item_holds_stays() {
    let (client, servers) = dynamodb("servers-others").await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let owned = [("id", "i-1"), ("owner", "finance"), ("region", "theirs"), ("month", "theirs"), ("quality", "theirs")];
    let owned = owned.map(|(name, value)| (name.to_owned(), text(value)));
    let put = client.put_item().table_name("servers-others").set_item(Some(owned.clone().into()));
    put.send().await.expect("it is written");
    assert_eq!(servers.get("i-1").await, Ok(None), "nothing of ours");
    servers.keep(&kept("i-1", "2025-11-03T04:00:00Z")).await.expect("it is written");
    servers.make_stale(&server("i-1"), month("2025-12"), month("2025-12").span().from).await.expect("it is written");
    servers.keep(&kept("i-1", "2025-12-03T04:00:00Z")).await.expect("it is written");
    let item = client.get_item().table_name("servers-others").key("id", text("i-1")).send().await.expect("it is read");
    let item = item.item.expect("it is there");
    for (name, value) in &owned {
        assert_eq!(item.get(name), Some(value));
    }
    let ours: Vec<_> = item.keys().filter(|name| name.starts_with("runningMinutes")).collect();
    assert_eq!(ours.len() + owned.len(), item.len());
    assert_eq!(item["runningMinutesCacheTimestamp"], text("2025-12-03T04:00:00Z"));
    assert_eq!(item["runningMinutesCache"].as_n().map(String::as_str), Ok("3119.88"));
}
