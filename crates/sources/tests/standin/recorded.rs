//! What AWS once answered, served again over the wire.

mod inventory;
mod servers;

use larder_sources::{Aws, FailureKind};
use larder_standin::{Config, Handle, Standin};
use serde_json::Value;

use crate::{config, fetch};

/// A stand-in that answers with recordings, and clients that take each answer as it comes.
async fn replaying() -> Option<(Handle, Aws)> {
    let config_of_standin = Config { replay: Some(larder_tests::real_data()?), ..Config::default() };
    let standin = Standin::start(config_of_standin).await.expect("the recordings are whole");
    let config = config(standin.url(), &standin.fleet().accounts()[0]);
    Some((standin, Aws::new(config)))
}

fn list<'a>(data: &'a Value, member: &str) -> &'a [Value] {
    data[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(list: &[Value], member: &str) -> Vec<String> {
    let mut texts: Vec<_> = list.iter().filter_map(|item| item[member].as_str()).map(str::to_owned).collect();
    texts.sort();
    texts
}

/// The list that our data type makes of each recording, with the recording's.
async fn check(data_type: &str, operation: &str, lists: [&str; 2], compare: fn(&[Value], &[Value])) -> usize {
    let Some((standin, aws)) = replaying().await else { return usize::MAX };
    let mut items = 0;
    for recording in standin.recordings(operation) {
        assert_eq!(recording.data.get("NextToken"), None, "{}: one answer is the whole list", recording.source);
        let account = &standin.fleet().accounts()[0];
        let answer = fetch(&aws, data_type, "us-east-1", account).await;
        if recording.status >= 400 {
            let error = answer.expect_err("AWS refused");
            let code = recording.data["Error"]["Code"].as_str().expect("a code").to_owned();
            assert_eq!(error.kind, FailureKind::Rejected { code }, "{}", recording.source);
            continue;
        }
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", recording.source));
        let (ours, recorded) = (list(&answer, lists[0]), list(&recording.data, lists[1]));
        compare(ours, recorded);
        items += recorded.len();
    }
    items
}

#[tokio::test]
async fn every_recorded_security_group_comes_out_with_all_its_rules() {
    let lists = ["securityGroups", "SecurityGroups"];
    let items = check("ec2-security-groups", "ec2:DescribeSecurityGroups", lists, |ours, recorded| {
        assert_eq!(texts(ours, "groupId"), texts(recorded, "GroupId"));
        assert_eq!(texts(ours, "groupName"), texts(recorded, "GroupName"));
        assert_eq!(texts(ours, "vpcId"), texts(recorded, "VpcId"));
        for group in recorded {
            let ours = ours.iter().find(|it| it["groupId"] == group["GroupId"]).expect("it came out");
            for (ours, recorded) in [
                (&ours["ingress"], list(group, "IpPermissions")),
                (&ours["egress"], list(group, "IpPermissionsEgress")),
            ] {
                let ours = ours.as_array().expect("rules");
                let count = |rules: &[Value], members: &[&str]| -> usize {
                    rules.iter().flat_map(|rule| members.iter().map(|member| list(rule, member).len())).sum()
                };
                let others = ["IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"];
                assert_eq!(ours.len(), recorded.len());
                assert_eq!(count(ours, &["cidrs", "prefixLists", "groups"]), count(recorded, &others));
            }
        }
    });
    assert!(items.await > 66, "few groups prove little");
}

#[tokio::test]
async fn every_recorded_instance_profile_comes_out() {
    let lists = ["instanceProfiles", "InstanceProfiles"];
    let items = check("ec2-instance-profiles", "iam:ListInstanceProfiles", lists, |ours, recorded| {
        assert_eq!(texts(ours, "instanceProfileId"), texts(recorded, "InstanceProfileId"));
        assert_eq!(texts(ours, "arn"), texts(recorded, "Arn"));
        assert_eq!(texts(ours, "created"), texts(recorded, "CreateDate"));
        for profile in recorded {
            let ours = ours.iter().find(|it| it["instanceProfileId"] == profile["InstanceProfileId"]);
            let roles: Vec<_> = list(profile, "Roles").iter().map(|role| role["RoleName"].clone()).collect();
            assert_eq!(ours.expect("it came out")["roles"], Value::Array(roles));
        }
    });
    assert!(items.await > 33, "few profiles prove little");
}
