//! Service Quotas has no model among the real data: its SDK crate is the model.

use std::path::PathBuf;
use std::process::Command;

use larder_standin::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::ask::Asker;
use crate::model_conformance::operations;

/// Where the sources of the SDK crate are.
fn sources() -> PathBuf {
    let arguments = ["metadata", "--format-version=1", "--locked"];
    let folder = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(folder).output().expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|it| it["name"] == "aws-sdk-servicequotas").expect("the SDK is a dependency");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    manifest.parent().expect("a folder").join("src")
}

/// What the SDK calls an operation: `list_aws_default_service_quotas` for `ListAWSDefaultServiceQuotas`.
fn shape(operation: &str) -> String {
    let words = operation.replace("AWS", "Aws");
    let snake = words.chars().flat_map(|letter| {
        let before = letter.is_uppercase().then_some('_');
        before.into_iter().chain(letter.to_lowercase())
    });
    snake.skip(1).collect()
}

/// Every member of `value` is one that the SDK reads in this shape.
fn check(shape: &str, value: &Value) {
    let path = sources().join("protocol_serde").join(format!("shape_{shape}.rs"));
    let reader = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let members = value.as_object().expect("members");
    assert!(!members.is_empty());
    for member in members.keys() {
        assert!(reader.contains(&format!("\"{member}\" => ")), "{shape} has no {member}");
    }
}

#[tokio::test]
async fn every_member_is_one_that_the_sdk_reads() {
    let asker = Asker::start().await;
    let (lists, gets): (Vec<_>, Vec<_>) =
        operations("servicequotas").into_iter().partition(|operation| operation.starts_with("List"));
    for list in &lists {
        let answer = asker.quotas(list, json!({ "ServiceCode": "drs", "MaxResults": 2 })).await.ok_json();
        check(&shape(list), &answer);
        check("service_quota", &answer["Quotas"][0]);
    }
    let input = json!({ "ServiceCode": "drs", "QuotaCode": "L-E28BE5E0" });
    for get in &gets {
        let answer = asker.quotas(get, input.clone()).await.ok_json();
        check(&shape(get), &answer);
        check("service_quota", &answer["Quota"]);
    }
}

#[tokio::test]
async fn every_error_is_one_that_the_sdk_knows() {
    let asker = Asker::start().await;
    let path = sources().join("protocol_serde/shape_list_service_quotas.rs");
    let reader = std::fs::read_to_string(path).expect("the SDK's reader");
    for kind in [FaultKind::Throttled, FaultKind::AccessDenied, FaultKind::ServerError] {
        asker.standin.fault(Fault::on("servicequotas:*", kind).for_calls(1));
        let error = asker.any("servicequotas").await.json();
        let code = error["__type"].as_str().expect("a code");
        assert!(reader.contains(&format!("\"{code}\" => ")), "{code}");
    }
}
