//! The stand-in's own routes about lives.

use jiff::ToSpan;
use larder_standin::{Delivery, Notification};
use serde_json::{Value, json};

use crate::ask::Asker;

async fn get(asker: &Asker, path: &str, query: &[(&str, String)]) -> (u16, Value) {
    let request = reqwest::Client::new().get(format!("{}/_standin/{path}", asker.standin.url())).query(query);
    let response = request.send().await.expect("an answer");
    let (status, body) = (response.status().as_u16(), response.text().await.expect("a body"));
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

#[tokio::test]
async fn the_truth_and_the_notifications_are_told_over_http_too() {
    let asker = Asker::on_a_wednesday().await;
    let now = asker.standin.now();
    let span = now - 50.hours()..now;
    let query = [("from", span.start.to_string()), ("to", span.end.to_string())];
    let (status, told) = get(&asker, "lives", &query).await;
    let lives = asker.standin.lives().during(&span);
    assert_eq!((status, told["lives"].as_array().map(Vec::len)), (200, Some(lives.len())));
    for (row, life) in told["lives"].as_array().expect("rows").iter().zip(&lives) {
        assert_eq!(row["instanceId"], life.id.as_str());
        assert_eq!((&row["accountId"], &row["region"]), (&json!(life.account_id.as_str()), &json!(life.region)));
        assert_eq!(row["runningSeconds"], life.running_seconds(&span));
        assert_eq!(row["tags"]["App"].as_str(), life.tag("App"));
    }

    let (status, told) = get(&asker, "state-changes", &query).await;
    let expected = asker.standin.lives().notifications(&span, &Delivery::default());
    let expected: Vec<Value> = expected.iter().map(Notification::document).collect();
    assert_eq!((status, &told["events"]), (200, &json!(expected)));
    assert!(!expected.is_empty());
    assert_eq!(get(&asker, "lives", &[("from", "yesterday".to_owned())]).await.0, 400);
}

#[tokio::test]
async fn how_evidence_goes_astray_is_set_over_http_too() {
    let asker = Asker::on_a_wednesday().await;
    let put = async |body: Value| {
        let request = reqwest::Client::new().put(format!("{}/_standin/delivery", asker.standin.url()));
        request.json(&body).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(put(json!({ "lost": 100 })).await, 200);
    assert_eq!(asker.standin.delivery(), Delivery { lost: 100, ..Delivery::default() });
    let now = asker.standin.now();
    let query = [("from", (now - 50.hours()).to_string()), ("to", now.to_string())];
    assert_eq!(get(&asker, "state-changes", &query).await.1, json!({ "events": [] }));
    assert_eq!(put(json!({ "stolen": 1 })).await, 400);
    assert_eq!(put(json!({})).await, 200);
    assert_eq!(asker.standin.delivery(), Delivery::default());
}
