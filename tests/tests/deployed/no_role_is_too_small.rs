use larder_app::{DATA_TYPES, FUNCTIONS, HistoryUse};
use larder_tests::wait_until;
use serde_json::json;

use crate::deployment::Deployment;

/// What AWS calls it when a role does not allow a call, in DynamoDB's words.
const DENIED: &str = "AccessDeniedException";

/// A cache that may not write answers all the same, so that only its log tells.
#[tokio::test]
async fn for_what_its_function_calls() {
    let deployment = Deployment::shared().await;
    for row in DATA_TYPES {
        let region = if row.scope.has_region() { "?region=ap-southeast-2" } else { "" };
        let reply = deployment.get(&format!("{}{region}", row.path), Some(&deployment.reader)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let invalidated = deployment.send("POST", "/cache/invalidate", Some(&deployment.admin)).await;
    assert_eq!(invalidated.status, 200, "{invalidated:?}");
    let asked = async || {
        let health = deployment.get("/health", None).await;
        assert_eq!(health.json["failedWrites"], 0, "{health:?}");
        // There is no database here, and so none of those in its network.
        let deployed = FUNCTIONS.iter().filter(|function| function.history == HistoryUse::None);
        let groups: Vec<_> = deployed.map(|function| format!("/aws/lambda/larder-{}-local", function.name)).collect();
        let functions = groups.len();
        let mut logs = Vec::new();
        for group in groups {
            let [found] =
                deployment.cloud.call([("logs", "filter_log_events", json!({"logGroupName": group}))]).await?;
            let events = found["events"].as_array().cloned().unwrap_or_default();
            logs.push(
                events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)).collect::<Vec<_>>(),
            );
        }
        // The event-responder runs only where an event is put.
        let have_run = logs.iter().filter(|lines| !lines.is_empty()).count() + 1 >= functions;
        Ok(have_run.then(|| logs.concat()))
    };
    let logs = wait_until("the scheduled functions ran", asked).await.expect("they do");
    let denied: Vec<_> = logs.iter().filter(|line| line.contains(DENIED)).collect();
    assert!(denied.is_empty(), "{denied:#?}");
}
