use serde_json::json;

use crate::door::Door;
use crate::synced::answered;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_synced_at_once_costs_too() {
    let door = Door::serve(&["--demo"], &[]).await;
    let costs = larder_tests::wait_until("costs are kept", async || {
        let rows = door.get("/history/monthly-costs").await.json();
        Ok(rows["rows"].as_array().is_some_and(|rows| !rows.is_empty()).then_some(rows))
    });
    let costs = costs.await.unwrap_or_else(|error| panic!("{error:#}\n{:#?}", door.log()));
    let months: std::collections::BTreeSet<_> =
        costs["rows"].as_array().expect("rows").iter().map(|row| row["month"].to_string()).collect();
    assert_eq!(months.len(), 3, "three months: {months:?}");
    let syncs = answered(&door, "/history/syncs?limit=1000", 200).await;
    assert!(syncs["syncs"].as_array().is_some_and(|all| all.iter().all(|it| it["by"] == "schedule")), "{syncs}");
    assert_eq!(door.get("/health").await.json()["history"], json!("ok"));
}
