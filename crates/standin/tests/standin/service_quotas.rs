use serde_json::json;

use crate::ask::Asker;

#[tokio::test]
async fn an_applied_quota_differs_from_its_default_where_it_was_raised() {
    let asker = Asker::start().await;
    let input = json!({ "ServiceCode": "drs", "QuotaCode": "L-E28BE5E0" });
    let applied = asker.quotas("GetServiceQuota", input.clone()).await.ok_json();
    assert_eq!(applied["Quota"]["Value"], 6000.0);
    let default = asker.quotas("GetAWSDefaultServiceQuota", input).await.ok_json();
    assert_eq!(default["Quota"]["Value"], 4000.0);
    assert_eq!(default["Quota"]["QuotaArn"], "arn:aws:servicequotas:us-east-1::drs/L-E28BE5E0");
}

#[tokio::test]
async fn what_does_not_exist_is_no_such_resource() {
    let mut asker = Asker::start().await;
    for (service, quota) in [("drs", "L-00000000"), ("weather", "L-E28BE5E0")] {
        let input = json!({ "ServiceCode": service, "QuotaCode": quota });
        for operation in ["GetServiceQuota", "GetAWSDefaultServiceQuota"] {
            let reply = asker.quotas(operation, input.clone()).await;
            assert_eq!((reply.status, &reply.json()["__type"]), (400, &json!("NoSuchResourceException")));
        }
    }
    asker.region = "ap-southeast-2";
    let input = json!({ "ServiceCode": "drs", "QuotaCode": "L-05AFA8C6" });
    let applied = asker.quotas("GetServiceQuota", input.clone()).await;
    assert_eq!(applied.json()["__type"], "NoSuchResourceException");
    assert_eq!(asker.quotas("GetAWSDefaultServiceQuota", input).await.ok_json()["Quota"]["Value"], 500.0);
}

#[tokio::test]
async fn lists_are_paged_within_their_limits() {
    let asker = Asker::start().await;
    let list = |extra: serde_json::Value| {
        let mut input = json!({ "ServiceCode": "drs" });
        input.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        asker.quotas("ListServiceQuotas", input)
    };
    let whole = list(json!({})).await.ok_json();
    assert_eq!(whole["Quotas"].as_array().expect("rows").len(), 6);
    let first = list(json!({ "MaxResults": 4 })).await.ok_json();
    let second = list(json!({ "MaxResults": 4, "NextToken": first["NextToken"] })).await.ok_json();
    assert_eq!(second["Quotas"].as_array().expect("rows").len(), 2);
    assert!(second.get("NextToken").is_none());
    let bad = list(json!({ "NextToken": "garbage" })).await;
    assert_eq!(bad.json()["__type"], "InvalidPaginationTokenException");
    for size in [0, 101] {
        let bad = list(json!({ "MaxResults": size })).await;
        assert_eq!(bad.json()["__type"], "IllegalArgumentException");
    }
}
