use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-amis").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn page(items: &str, token: Option<&str>) -> Reply {
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    let answer = format!(
        "<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><imagesSet>{items}</imagesSet>\
         {token}</DescribeImagesResponse>"
    );
    Reply::Http(200, answer)
}

/// Its volumes are in another order than they come out.
const WHOLE: &str = "<item><imageId>ami-2</imageId><imageState>disabled</imageState>\
    <imageOwnerId>111122223333</imageOwnerId><isPublic>false</isPublic><architecture>arm64</architecture>\
    <name>golden</name><description>of November</description><rootDeviceType>ebs</rootDeviceType>\
    <rootDeviceName>/dev/xvda</rootDeviceName><virtualizationType>hvm</virtualizationType>\
    <platformDetails>Linux/UNIX</platformDetails><creationDate>2025-11-02T02:17:00.000Z</creationDate>\
    <deprecationTime>2026-11-02T02:17:00.000Z</deprecationTime>\
    <lastLaunchedTime>2025-11-03T00:00:00.000Z</lastLaunchedTime>\
    <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>snap-1</snapshotId>\
        <volumeSize>8</volumeSize></ebs></item>\
        <item><deviceName>/dev/sdb</deviceName><virtualName>ephemeral0</virtualName></item></blockDeviceMapping>\
    <tagSet><item><key>Pipeline</key><value>golden</value></item></tagSet></item>";
const BARE: &str = "<item><imageId>ami-1</imageId><description/></item>";

#[tokio::test]
async fn an_ami_has_these_fields_and_its_volumes_in_order() {
    let script = scripted(|asked: &Asked| {
        for parameter in ["MaxResults=1000", "Owner.1=self", "IncludeDisabled=true"] {
            assert!(asked.body.contains(parameter), "{}", asked.body);
        }
        match asked.body.contains("NextToken=two") {
            true => page(BARE, None),
            false => page(WHOLE, Some("two")),
        }
    });
    let expected = json!({"images": [
        {"imageId": "ami-1", "name": null, "description": null, "state": null, "architecture": null,
            "platformDetails": null, "virtualizationType": null, "rootDeviceType": null, "rootDeviceName": null,
            "creationDate": null, "deprecationTime": null, "lastLaunchedTime": null, "public": null, "ownerId": null,
            "blockDevices": [], "tags": {}},
        {"imageId": "ami-2", "name": "golden", "description": "of November", "state": "disabled",
            "architecture": "arm64", "platformDetails": "Linux/UNIX", "virtualizationType": "hvm",
            "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda", "creationDate": "2025-11-02T02:17:00.000Z",
            "deprecationTime": "2026-11-02T02:17:00.000Z", "lastLaunchedTime": "2025-11-03T00:00:00.000Z",
            "public": false, "ownerId": "111122223333",
            "blockDevices": [{"deviceName": "/dev/sdb", "snapshotId": null, "volumeSize": null},
                {"deviceName": "/dev/xvda", "snapshotId": "snap-1", "volumeSize": 8}],
            "tags": {"Pipeline": "golden"}},
    ]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
}

#[tokio::test]
async fn an_ami_that_moved_to_another_page_is_there_once() {
    let script = scripted(|asked: &Asked| match asked.before {
        0 => page(&[WHOLE, BARE].concat(), Some("two")),
        _ => page(BARE, None),
    });
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(answer["images"].as_array().map(Vec::len), Some(2), "{answer}");
}

#[tokio::test]
async fn a_list_without_an_end_or_an_id_is_an_error() {
    let script = scripted(|_| page(WHOLE, Some("again")));
    assert_eq!(fetch(&script.aws()).await.expect_err("no end").kind, FailureKind::EndlessPages);
    let script = scripted(|_| page(&WHOLE.replace("<imageId>ami-2</imageId>", ""), None));
    assert_eq!(fetch(&script.aws()).await.expect_err("no id").kind, FailureKind::Malformed);
}
