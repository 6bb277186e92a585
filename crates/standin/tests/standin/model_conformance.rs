//! Every member of an answer stands where AWS's service model has it, and has a value of its type.

use std::collections::BTreeSet;

use larder_standin::{Fault, FaultKind, Standin};
use serde_json::json;

use crate::ask::Asker;
use crate::model::Model;

/// The operations of a service that the stand-in knows, in the order of its table.
pub(crate) fn operations(service: &str) -> Vec<String> {
    let actions = Standin::actions();
    let operations = actions.filter_map(|action| Some(action.strip_prefix(service)?.strip_prefix(':')?.to_owned()));
    operations.collect()
}

/// Service Quotas has no model: a suite of its own holds it against its SDK.
#[test]
fn every_service_is_held_against_its_model() {
    let services: BTreeSet<_> = Standin::actions().filter_map(|it| Some(it.split_once(':')?.0.to_owned())).collect();
    assert_eq!(
        services.iter().map(String::as_str).collect::<Vec<_>>(),
        ["ce", "cloudtrail", "drs", "ec2", "iam", "servicequotas", "sts"]
    );
}

#[tokio::test]
async fn ec2_answers_fit_the_model() {
    let Some(mut model) = Model::load("ec2/2016-11-15") else { return };
    let asker = Asker::on_a_wednesday().await;
    for operation in &operations("ec2") {
        let before = model.checked;
        let mut root = asker.ec2(&[("Action", operation)]).await.ok_xml();
        assert_eq!(root.name, format!("{operation}Response"));
        root.children.retain(|child| child.name != "requestId");
        model.xml(&model.output(operation), &root, operation);
        assert!(model.checked > before + 10, "{operation} has no members");
    }
}

#[tokio::test]
async fn cloudtrail_answers_fit_the_model() {
    let Some(mut model) = Model::load("cloudtrail/2013-11-01") else { return };
    assert_eq!(operations("cloudtrail"), ["LookupEvents"]);
    let asker = Asker::on_a_wednesday().await;
    for name in ["RunInstances", "StopInstances", "BidEvictedEvent", "DescribeInstances"] {
        let before = model.checked;
        let attributes = json!([{ "AttributeKey": "EventName", "AttributeValue": name }]);
        let answer = asker.lookup(json!({ "LookupAttributes": attributes })).await.ok_json();
        model.json(&model.output("LookupEvents"), &answer, name);
        assert!(model.checked > before + 5, "{name} has no members");
    }
    let errors = model.operation("LookupEvents")["errors"].clone();
    for (input, code) in crate::cloudtrail::REFUSED {
        let input = serde_json::from_str(input).expect("JSON");
        let (status, found, _) = asker.lookup(input).await.error();
        assert_eq!((status, found.as_str()), (400, code));
        assert!(errors.as_array().expect("a list").contains(&json!({ "shape": code })), "{code}");
    }
}

#[tokio::test]
async fn cost_explorer_answers_fit_the_model() {
    let Some(mut model) = Model::load("ce/2017-10-25") else { return };
    assert_eq!(operations("ce"), ["GetCostAndUsage"]);
    let asker = Asker::on_a_wednesday().await;
    for granularity in ["DAILY", "MONTHLY"] {
        for group_by in [json!([]), crate::cost_explorer::by_service()] {
            let before = model.checked;
            let answer = asker.costs(crate::cost_explorer::costs(granularity, &group_by)).await.ok_json();
            model.json(&model.output("GetCostAndUsage"), &answer, granularity);
            assert!(model.checked > before + 20, "{granularity} has no members");
        }
    }
    let modelled = model.operation("GetCostAndUsage")["errors"].clone();
    for (input, code) in crate::cost_explorer::REFUSED {
        let input = serde_json::from_str(input).expect("JSON");
        let (status, found, _) = asker.costs(input).await.error();
        assert_eq!((status, found.as_str()), (400, code));
        // One of the errors that all services have, and so no model.
        let is_common = code == "ValidationException";
        assert!(is_common || modelled.as_array().expect("a list").contains(&json!({ "shape": code })), "{code}");
    }
}

#[tokio::test]
async fn sts_answers_fit_the_model() {
    let Some(mut model) = Model::load("sts/2011-06-15") else { return };
    let asker = Asker::start().await;
    assert_eq!(operations("sts"), ["AssumeRole", "GetCallerIdentity"], "both are asked, each with what it needs");
    let root = asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
    let result = root.child("GetCallerIdentityResult");
    model.xml(&model.output("GetCallerIdentity"), result, "GetCallerIdentity");
    assert_eq!(model.checked, 3);

    let account = asker.standin.fleet().accounts()[1].clone();
    let session = asker.assume(&account.role_arn(), &account.external_id()).await.ok_xml();
    model.xml(&model.output("AssumeRole"), session.child("AssumeRoleResult"), "AssumeRole");
    assert_eq!(model.checked, 9);
}

#[tokio::test]
async fn iam_answers_fit_the_model() {
    let Some(mut model) = Model::load("iam/2010-05-08") else { return };
    let asker = Asker::start().await;
    for operation in &operations("iam") {
        let before = model.checked;
        let root = asker.iam(&[("Action", operation)]).await.ok_xml();
        let result = root.child(&format!("{operation}Result"));
        model.xml(&model.output(operation), result, operation);
        assert!(model.checked > before + 1_000, "{operation}: {}", model.checked);
    }
}

/// The errors that DRS models have the status and the members that the model gives them.
#[tokio::test]
async fn faults_of_drs_fit_the_model() {
    let Some(mut model) = Model::load("drs/2020-02-26") else { return };
    let asker = Asker::start().await;
    for kind in [FaultKind::Throttled, FaultKind::AccessDenied, FaultKind::ServerError] {
        asker.standin.fault(Fault::on("drs:*", kind).for_calls(1));
        let reply = asker.any("drs").await;
        let code = reply.error_type.clone().expect("a code");
        let status = &model.shapes[&code]["error"]["httpStatusCode"];
        assert_eq!(*status, reply.status, "{code}");
        model.json(&code, &reply.json(), &code);
    }
    assert_eq!(model.checked, 3);
}

#[tokio::test]
async fn drs_answers_fit_the_model() {
    let Some(mut model) = Model::load("drs/2020-02-26") else { return };
    let asker = Asker::start().await;
    for operation in &operations("drs") {
        let before = model.checked;
        let answer = asker.drs(operation, json!({ "maxResults": 1000 })).await.ok_json();
        model.json(&model.output(operation), &answer, operation);
        assert!(model.checked > before + 100, "{operation} has no members");
        let refused = asker.drs(operation, json!({ "nextToken": "garbage" })).await.json();
        model.json("ValidationException", &refused, operation);
    }
}
