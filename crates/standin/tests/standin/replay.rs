use larder_standin::{Config, Fault, FaultKind, StartError};
use larder_tests::real_data;
use serde_json::Value;

use crate::ask::Asker;
use crate::model::{Model, gunzip};

async fn replaying() -> Option<Asker> {
    let config = Config { replay: Some(real_data()?), ..Config::default() };
    Some(Asker::with(config).await)
}

/// Reads each recording of a service over the wire, by the service's model, and finds what was recorded.
async fn check(service: &str, version: &str, operations: &[(&str, usize)]) {
    let Some(asker) = replaying().await else { return };
    let Some(model) = Model::load(&format!("{service}/{version}")) else { return };
    for (operation, count) in operations {
        let recordings = asker.standin.recordings(&format!("{service}:{operation}"));
        assert_eq!(recordings.len(), *count, "{operation}");
        // The first once more, as they start over.
        for recording in recordings.iter().chain(&recordings[..1]) {
            let at = &recording.source;
            let reply = asker.form(service, &[("Action", *operation), ("Version", version)]).await;
            assert_eq!(reply.status, recording.status, "{at}");
            if recording.status >= 400 {
                let (_, code, message) = reply.error();
                assert_eq!(recording.data["Error"]["Code"], code, "{at}");
                assert_eq!(recording.data["Error"]["Message"], message, "{at}");
                continue;
            }
            let root = reply.ok_xml();
            let result = if service == "ec2" { &root } else { root.child(&format!("{operation}Result")) };
            let mut expected = recording.data.clone();
            expected.as_object_mut().expect("members").remove("ResponseMetadata");
            assert_eq!(model.read(&model.output(operation), result), expected, "{at}");
        }
    }
}

#[tokio::test]
async fn recorded_answers_of_ec2_come_over_the_wire_as_they_were() {
    let operations = [
        ("DescribeSubnets", 39),
        ("DescribeSecurityGroups", 66),
        ("DescribeRegions", 1),
        ("DescribeInstances", 78),
        ("DescribeSnapshots", 26),
        ("DescribeImages", 22),
        ("StopInstances", 9),
    ];
    check("ec2", "2016-11-15", &operations).await;
}

#[tokio::test]
async fn recorded_answers_of_iam_and_sts_come_over_the_wire_as_they_were() {
    let operations = [("ListInstanceProfiles", 33), ("ListRoles", 16), ("ListUsers", 14), ("GetRole", 56)];
    check("iam", "2010-05-08", &operations).await;
    check("sts", "2011-06-15", &[("GetCallerIdentity", 4)]).await;
}

#[tokio::test]
async fn real_instance_types_come_in_pages() {
    let Some(asker) = replaying().await else { return };
    let Some(model) = Model::load("ec2/2016-11-15") else { return };
    let folder = real_data().expect("it was there");
    let recorded = gunzip(&folder.join("aws-responses/moto/instance_types.json.gz"));
    let recorded: Vec<&Value> = recorded.as_object().expect("by name").values().collect();
    let (mut seen, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![("Action", "DescribeInstanceTypes"), ("MaxResults", "100")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let root = asker.ec2(&parameters).await.ok_xml();
        let mut page = model.read(&model.output("DescribeInstanceTypes"), &root);
        seen.append(page["InstanceTypes"].as_array_mut().expect("types"));
        token = page["NextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 1395);
    assert!(seen.iter().eq(recorded));
}

#[tokio::test]
async fn what_was_not_recorded_comes_from_the_fleet_and_faults_hit_both() {
    let Some(asker) = replaying().await else { return };
    let account = &asker.standin.fleet().accounts()[1];
    asker.assume(&account.role_arn(), &account.external_id()).await.ok_xml();
    assert_eq!(asker.any("drs").await.status, 200);
    assert!(asker.standin.recordings("drs:DescribeJobs").is_empty());

    asker.standin.fault(Fault::on("ec2:DescribeInstances", FaultKind::Throttled).for_calls(1));
    let instances = ("Action", "DescribeInstances");
    assert_eq!(asker.ec2(&[instances]).await.xml_error(), (503, "RequestLimitExceeded".into()));
    asker.ec2(&[instances]).await.ok_xml();
    assert_eq!(asker.standin.call_count("ec2:DescribeInstances"), 2);
    let unknown = asker.ec2(&[("Action", "DescribeWeather")]).await;
    assert_eq!(unknown.xml_error(), (400, "InvalidAction".into()));
}

#[tokio::test]
async fn a_folder_without_recordings_is_refused() {
    let folder = std::path::PathBuf::from("no-such-folder");
    let config = Config { replay: Some(folder.clone()), ..Config::default() };
    let refused = larder_standin::Standin::start(config).await.expect_err("nothing to replay");
    assert!(matches!(&refused, StartError::Replay { folder: named, .. } if *named == folder), "{refused}");
}
