use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ask::Asker;

/// All items of a list, by its pages, and how many pages there were.
async fn all(asker: &Asker, operation: &str, mut input: Value) -> (Vec<Value>, usize) {
    let (mut items, mut pages) = (Vec::new(), 0);
    loop {
        let answer = asker.drs(operation, input.clone()).await.ok_json();
        pages += 1;
        items.extend(answer["items"].as_array().expect("items").iter().cloned());
        match answer.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => return (items, pages),
        }
    }
}

#[tokio::test]
async fn all_source_servers_come_out_page_by_page() {
    let asker = Asker::start().await;
    let (servers, pages) = all(&asker, "DescribeSourceServers", json!({})).await;
    assert_eq!((servers.len(), pages), (255, 3));
    let ids: BTreeSet<_> = servers.iter().map(|it| it["sourceServerID"].to_string()).collect();
    assert_eq!(ids.len(), 255);
    let (few, pages) = all(&asker, "DescribeSourceServers", json!({ "maxResults": 200 })).await;
    assert_eq!((few, pages), (servers, 2));
    assert_eq!(asker.standin.call_count("drs:DescribeSourceServers"), 5);
}

#[tokio::test]
async fn filters_narrow_the_source_servers() {
    let asker = Asker::start().await;
    let filter = json!({ "filters": { "stagingAccountIDs": ["444455556666"] } });
    let (extended, _) = all(&asker, "DescribeSourceServers", filter).await;
    assert_eq!(extended.len(), 9);
    for server in &extended {
        assert_eq!(server["stagingArea"]["status"], "EXTENDED");
        assert_eq!(server["stagingArea"]["stagingAccountID"], "444455556666");
    }
    let id = &extended[3]["sourceServerID"];
    let filter = json!({ "filters": { "sourceServerIDs": [id] } });
    let (one, _) = all(&asker, "DescribeSourceServers", filter).await;
    assert_eq!(one, [extended[3].clone()]);
}

#[tokio::test]
async fn jobs_are_filtered_by_id_and_date() {
    let asker = Asker::start().await;
    let (jobs, _) = all(&asker, "DescribeJobs", json!({})).await;
    let running = jobs.iter().filter(|job| job["status"] != "COMPLETED");
    assert_eq!((jobs.len(), running.count()), (28, 4));
    let middle = &jobs[10];
    let filter = json!({ "filters": { "jobIDs": [middle["jobID"]] } });
    assert_eq!(all(&asker, "DescribeJobs", filter).await.0, std::slice::from_ref(middle));
    let from = json!({ "filters": { "fromDate": middle["creationDateTime"] } });
    assert_eq!(all(&asker, "DescribeJobs", from).await.0, jobs[..=10]);
    let to = json!({ "filters": { "toDate": middle["creationDateTime"] } });
    assert_eq!(all(&asker, "DescribeJobs", to).await.0, jobs[10..]);
}

#[tokio::test]
async fn where_drs_was_never_initialised_it_says_so() {
    let mut asker = Asker::start().await;
    asker.region = "eu-central-1";
    for operation in ["DescribeSourceServers", "DescribeJobs"] {
        let reply = asker.drs(operation, json!({})).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.error_type.as_deref(), Some("UninitializedAccountException"));
        assert!(reply.json()["message"].is_string());
    }
}

#[tokio::test]
async fn what_does_not_fit_the_shape_is_a_validation_exception() {
    let mut asker = Asker::start().await;
    let first = asker.drs("DescribeJobs", json!({ "maxResults": 5 })).await.ok_json();
    let token = first["nextToken"].clone();
    for input in [
        json!({ "maxResults": 0 }),
        json!({ "maxResults": -1 }),
        json!({ "maxResults": "many" }),
        json!({ "nextToken": "garbage" }),
        json!({ "filters": { "fromDate": "yesterday" } }),
    ] {
        let reply = asker.drs("DescribeJobs", input.clone()).await;
        assert_eq!(reply.status, 400, "{input}");
        assert_eq!(reply.error_type.as_deref(), Some("ValidationException"), "{input}");
    }
    asker.region = "us-west-2";
    let elsewhere = asker.drs("DescribeJobs", json!({ "nextToken": token })).await;
    assert_eq!(elsewhere.error_type.as_deref(), Some("ValidationException"));
}
