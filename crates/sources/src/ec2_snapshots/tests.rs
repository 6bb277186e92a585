use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, ec2_error, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-snapshots").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn page(operation: &str, set: &str, items: &str, token: Option<&str>) -> Reply {
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    let answer = format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><{set}>{items}</{set}>{token}\
         </{operation}Response>"
    );
    Reply::Http(200, answer)
}

fn snapshots(items: &str, token: Option<&str>) -> Reply {
    page("DescribeSnapshots", "snapshotSet", items, token)
}

fn volumes(items: &str, token: Option<&str>) -> Reply {
    page("DescribeVolumes", "volumeSet", items, token)
}

const WHOLE: &str = "<item><snapshotId>snap-2</snapshotId><volumeId>vol-1</volumeId><status>completed</status>\
    <startTime>2025-11-02T03:00:00.123Z</startTime><completionTime>2025-11-02T03:10:00.000Z</completionTime>\
    <progress>100%</progress><ownerId>111122223333</ownerId><volumeSize>8</volumeSize>\
    <description>nightly</description><encrypted>true</encrypted>\
    <kmsKeyId>arn:aws:kms:us-east-1:111122223333:key/1</kmsKeyId><storageTier>archive</storageTier>\
    <tagSet><item><key>Name</key><value>web</value></item></tagSet></item>";
const COPY: &str = "<item><snapshotId>snap-1</snapshotId><volumeId>vol-ffffffff</volumeId></item>";
const BARE: &str = "<item><snapshotId>snap-3</snapshotId><description/></item>";

/// Answers with every page of both lists.
fn whole(asked: &Asked) -> Reply {
    let second = asked.body.contains("NextToken=two");
    match (asked.operation.as_str(), second) {
        ("DescribeSnapshots", false) => snapshots(WHOLE, Some("two")),
        ("DescribeSnapshots", true) => snapshots(&[BARE, COPY].concat(), None),
        ("DescribeVolumes", false) => volumes("<item><volumeId>vol-2</volumeId></item>", Some("two")),
        ("DescribeVolumes", true) => volumes("<item><volumeId>vol-1</volumeId></item>", None),
        (other, _) => panic!("{other} is not asked for"),
    }
}

#[tokio::test]
async fn a_snapshot_has_these_fields_and_knows_whether_its_volume_is_there() {
    let script = scripted(whole);
    let nothing = json!({"name": null, "state": null, "volumeId": null, "volumeExists": null, "volumeSize": null,
        "startTime": null, "completionTime": null, "progress": null, "encrypted": null, "kmsKeyId": null,
        "storageTier": null, "description": null, "ownerId": null, "tags": {}});
    let with = |members: Value| {
        let mut snapshot = nothing.clone();
        let given = members.as_object().expect("an object").clone();
        snapshot.as_object_mut().expect("an object").extend(given);
        snapshot
    };
    let expected = json!({"snapshots": [
        with(json!({"snapshotId": "snap-1", "volumeId": "vol-ffffffff", "volumeExists": false})),
        {"snapshotId": "snap-2", "name": "web", "state": "completed", "volumeId": "vol-1", "volumeExists": true,
            "volumeSize": 8, "startTime": "2025-11-02T03:00:00.123Z", "completionTime": "2025-11-02T03:10:00Z",
            "progress": "100%", "encrypted": true, "kmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/1",
            "storageTier": "archive", "description": "nightly", "ownerId": "111122223333", "tags": {"Name": "web"}},
        with(json!({"snapshotId": "snap-3"})),
    ]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
    let asked: Vec<_> = script.asked().iter().map(|asked| asked.operation.clone()).collect();
    assert_eq!(asked, ["DescribeSnapshots", "DescribeSnapshots", "DescribeVolumes", "DescribeVolumes"]);
    let [first, .., last] = &script.asked()[..] else { panic!("four were asked") };
    assert!(first.body.contains("Owner.1=self") && first.body.contains("MaxResults=1000"), "{}", first.body);
    assert!(last.body.contains("MaxResults=500"), "{}", last.body);
}

#[tokio::test]
async fn where_there_is_no_snapshot_no_volume_is_asked_for() {
    let script = scripted(|_| snapshots("", None));
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), json!({"snapshots": []}));
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn volumes_that_can_not_be_listed_are_not_said_to_be_gone() {
    let refusal = || Reply::Http(403, ec2_error("UnauthorizedOperation", "not today"));
    let script = scripted(move |asked| match asked.operation.as_str() {
        "DescribeVolumes" => refusal(),
        _ => whole(asked),
    });
    let error = fetch(&script.aws()).await.expect_err("nobody can tell");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::AccessDenied, "ec2:DescribeVolumes"));
    let script = scripted(|asked| match (asked.operation.as_str(), asked.before) {
        ("DescribeVolumes", _) => volumes("<item><size>8</size></item>", None),
        _ => whole(asked),
    });
    let error = fetch(&script.aws()).await.expect_err("a volume without an id");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Malformed, "ec2:DescribeVolumes"));
}

#[tokio::test]
async fn a_list_without_an_end_or_an_id_is_an_error() {
    let script = scripted(|_| snapshots(WHOLE, Some("again")));
    assert_eq!(fetch(&script.aws()).await.expect_err("no end").kind, FailureKind::EndlessPages);
    let script = scripted(|asked| match asked.operation.as_str() {
        "DescribeSnapshots" => snapshots(&WHOLE.replace("<snapshotId>snap-2</snapshotId>", ""), None),
        _ => volumes("", None),
    });
    assert_eq!(fetch(&script.aws()).await.expect_err("no id").kind, FailureKind::Malformed);
}
