use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, ec2_error, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-instances").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

/// A page with reservations of one instance each.
fn page(instances: &[&str], token: Option<&str>) -> Reply {
    let reservation = |instance: &&str| {
        format!(
            "<item><reservationId>r-1</reservationId><ownerId>111122223333</ownerId><instancesSet><item>{instance}\
             </item></instancesSet></item>"
        )
    };
    let reservations: String = instances.iter().map(reservation).collect();
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    let answer = format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <reservationSet>{reservations}</reservationSet>{token}</DescribeInstancesResponse>"
    );
    Reply::Http(200, answer)
}

/// Its lists are in another order than they come out.
const STOPPED: &str = "<instanceId>i-2</instanceId><imageId>ami-1</imageId>\
    <instanceState><code>80</code><name>stopped</name></instanceState>\
    <reason>User initiated (2025-11-02 12:30:00 GMT)</reason>\
    <stateReason><code>Client.UserInitiatedShutdown</code>\
        <message>Client.UserInitiatedShutdown: User initiated shutdown</message></stateReason>\
    <keyName>operators</keyName><instanceType>m7i.large</instanceType>\
    <launchTime>2025-11-01T06:00:00.000Z</launchTime>\
    <placement><availabilityZone>us-east-1a</availabilityZone></placement>\
    <architecture>x86_64</architecture><platformDetails>Linux/UNIX</platformDetails>\
    <instanceLifecycle>spot</instanceLifecycle>\
    <subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>\
    <privateIpAddress>10.0.0.10</privateIpAddress><ipAddress>203.0.113.7</ipAddress>\
    <ipv6Address>2001:db8::1</ipv6Address>\
    <groupSet><item><groupId>sg-2</groupId><groupName>web</groupName></item>\
        <item><groupId>sg-1</groupId><groupName>default</groupName></item></groupSet>\
    <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId></ebs></item>\
        <item><deviceName>/dev/sdf</deviceName><ebs><volumeId>vol-2</volumeId></ebs></item></blockDeviceMapping>\
    <iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/web</arn><id>AIPA1</id></iamInstanceProfile>\
    <networkInterfaceSet><item><ipv6AddressesSet><item><ipv6Address>2001:db8::2</ipv6Address></item>\
        <item><ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet></item></networkInterfaceSet>\
    <tagSet><item><key>Name</key><value>&lt;img src=x onerror=alert(1)&gt;</value></item>\
        <item><key>App</key><value/></item></tagSet>";
const BARE: &str = "<instanceId>i-1</instanceId><reason/><keyName/><vpcId/><subnetId/><privateIpAddress/>\
    <stateReason><code>Server.InternalError</code></stateReason>";

#[tokio::test]
async fn an_instance_has_these_fields_and_its_lists_in_order() {
    let script = scripted(|asked: &Asked| {
        assert!(asked.body.contains("MaxResults=1000"), "{}", asked.body);
        match asked.body.contains("NextToken=two") {
            true => page(&[BARE], None),
            false => page(&[STOPPED], Some("two")),
        }
    });
    let bare = json!({"instanceId": "i-1", "name": null, "state": null, "stateReason": "Server.InternalError",
        "stateTransitionReason": null, "stoppedAt": null, "instanceType": null, "imageId": null, "architecture": null,
        "platformDetails": null, "lifecycle": null, "launchTime": null, "availabilityZone": null, "vpcId": null,
        "subnetId": null, "privateIpAddress": null, "publicIpAddress": null, "ipv6Addresses": [],
        "securityGroups": [], "blockDevices": [], "iamInstanceProfileArn": null, "keyName": null,
        "ownerId": "111122223333", "reservationId": "r-1", "tags": {}});
    let stopped = json!({"instanceId": "i-2", "name": "<img src=x onerror=alert(1)>", "state": "stopped",
        "stateReason": "Client.UserInitiatedShutdown: User initiated shutdown",
        "stateTransitionReason": "User initiated (2025-11-02 12:30:00 GMT)", "stoppedAt": "2025-11-02T12:30:00Z",
        "instanceType": "m7i.large", "imageId": "ami-1", "architecture": "x86_64", "platformDetails": "Linux/UNIX",
        "lifecycle": "spot", "launchTime": "2025-11-01T06:00:00Z", "availabilityZone": "us-east-1a",
        "vpcId": "vpc-1", "subnetId": "subnet-1", "privateIpAddress": "10.0.0.10", "publicIpAddress": "203.0.113.7",
        "ipv6Addresses": ["2001:db8::1", "2001:db8::2"],
        "securityGroups": [{"groupId": "sg-1", "groupName": "default"}, {"groupId": "sg-2", "groupName": "web"}],
        "blockDevices": [{"deviceName": "/dev/sdf", "volumeId": "vol-2"},
            {"deviceName": "/dev/xvda", "volumeId": "vol-1"}],
        "iamInstanceProfileArn": "arn:aws:iam::111122223333:instance-profile/web", "keyName": "operators",
        "ownerId": "111122223333", "reservationId": "r-1",
        "tags": {"App": "", "Name": "<img src=x onerror=alert(1)>"}});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), json!({"instances": [bare, stopped]}));
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn an_instance_that_moved_to_another_page_is_there_once() {
    let script = scripted(|asked: &Asked| match asked.before {
        0 => page(&[STOPPED, BARE], Some("two")),
        _ => page(&["<instanceId>i-2</instanceId>", "<instanceId>i-3</instanceId>"], None),
    });
    let answer = fetch(&script.aws()).await.expect("an answer");
    let instances = answer["instances"].as_array().expect("a list");
    let told: Vec<_> = instances.iter().map(|it| (it["instanceId"].as_str(), it["state"].as_str())).collect();
    assert_eq!(told, [(Some("i-1"), None), (Some("i-2"), Some("stopped")), (Some("i-3"), None)]);
}

#[tokio::test]
async fn an_instance_without_an_id_is_malformed() {
    let script = scripted(|_| page(&["<imageId>ami-1</imageId>"], None));
    assert_eq!(fetch(&script.aws()).await.expect_err("no id").kind, FailureKind::Malformed);
}

#[tokio::test]
async fn what_fails_on_a_later_page_is_no_short_list() {
    let script = scripted(|asked: &Asked| match asked.before {
        0 => page(&[BARE], Some("two")),
        _ => Reply::Http(403, ec2_error("UnauthorizedOperation", "not today")),
    });
    let error = fetch(&script.aws()).await.expect_err("half a list");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::AccessDenied, "ec2:DescribeInstances"));
    let script = scripted(|_| page(&[BARE], Some("again")));
    assert_eq!(fetch(&script.aws()).await.expect_err("no end").kind, FailureKind::EndlessPages);
}
