//! Every member of an answer stands where AWS's service model has it, and has a value of its type.

use larder_standin::{Fault, FaultKind};
use serde_json::json;

use crate::ask::Asker;
use crate::model::Model;

#[tokio::test]
async fn ec2_answers_fit_the_model() {
    let Some(mut model) = Model::load("ec2/2016-11-15") else { return };
    let asker = Asker::start().await;
    for operation in ["DescribeSubnets", "DescribeSecurityGroups", "DescribeInstanceTypes", "DescribeRegions"] {
        let before = model.checked;
        let mut root = asker.ec2(&[("Action", operation)]).await.ok_xml();
        assert_eq!(root.name, format!("{operation}Response"));
        root.children.retain(|child| child.name != "requestId");
        model.xml(&model.output(operation), &root, operation);
        assert!(model.checked > before + 10, "{operation} has no members");
    }
}

#[tokio::test]
async fn sts_answers_fit_the_model() {
    let Some(mut model) = Model::load("sts/2011-06-15") else { return };
    let asker = Asker::start().await;
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
    let root = asker.iam(&[("Action", "ListInstanceProfiles")]).await.ok_xml();
    let result = root.child("ListInstanceProfilesResult");
    model.xml(&model.output("ListInstanceProfiles"), result, "ListInstanceProfiles");
    assert!(model.checked > 1000, "{}", model.checked);
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
    for operation in ["DescribeSourceServers", "DescribeJobs"] {
        let before = model.checked;
        let answer = asker.drs(operation, json!({ "maxResults": 1000 })).await.ok_json();
        model.json(&model.output(operation), &answer, operation);
        assert!(model.checked > before + 100, "{operation} has no members");
        let refused = asker.drs(operation, json!({ "nextToken": "garbage" })).await.json();
        model.json("ValidationException", &refused, operation);
    }
}
