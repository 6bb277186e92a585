use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, real_data, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-security-groups").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn page(items: &str, token: Option<&str>) -> Reply {
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    let answer = format!(
        "<DescribeSecurityGroupsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <securityGroupInfo>{items}</securityGroupInfo>{token}</DescribeSecurityGroupsResponse>"
    );
    Reply::Http(200, answer)
}

/// Its rules are in another order than they come out.
const WEB: &str = "<item><ownerId>111122223333</ownerId><groupId>sg-2</groupId><groupName>web</groupName>\
    <groupDescription>for the web</groupDescription><vpcId>vpc-1</vpcId><ipPermissions>\
    <item><ipProtocol>tcp</ipProtocol><fromPort>8000</fromPort><toPort>8080</toPort><groups>\
        <item><userId>444455556666</userId><groupId>sg-9</groupId></item>\
        <item><userId>111122223333</userId><groupId>sg-2</groupId></item></groups>\
        <prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds></item>\
    <item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><ipRanges>\
        <item><cidrIp>10.0.0.0/16</cidrIp><description>office</description></item>\
        <item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
        <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges></item></ipPermissions>\
    <ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item>\
        </ipRanges></item></ipPermissionsEgress>\
    <tagSet><item><key>b</key><value>2</value></item><item><key>a</key><value/></item></tagSet></item>";

#[tokio::test]
async fn a_group_has_these_fields_and_its_rules_in_order() {
    let bare = "<item><groupId>sg-1</groupId></item>";
    let script = scripted(move |asked: &Asked| {
        assert!(asked.body.contains("MaxResults=1000"), "{}", asked.body);
        match asked.body.contains("NextToken=two") {
            true => page(bare, None),
            false => page(WEB, Some("two")),
        }
    });
    let expected = json!({"securityGroups": [
        {"groupId": "sg-1", "groupName": null, "description": null, "vpcId": null, "ingress": [], "egress": [],
            "tags": {}},
        {"groupId": "sg-2", "groupName": "web", "description": "for the web", "vpcId": "vpc-1",
            "ingress": [
                {"protocol": "tcp", "ports": "443", "cidrs": ["0.0.0.0/0", "10.0.0.0/16", "::/0"],
                    "prefixLists": [], "groups": []},
                {"protocol": "tcp", "ports": "8000-8080", "cidrs": [], "prefixLists": ["pl-1"],
                    "groups": ["444455556666/sg-9", "sg-2"]},
            ],
            "egress": [{"protocol": "all", "ports": "all", "cidrs": ["0.0.0.0/0"], "prefixLists": [], "groups": []}],
            "tags": {"a": "", "b": "2"}},
    ]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
}

#[tokio::test]
async fn a_group_or_rule_that_lacks_what_it_must_have_is_malformed() {
    for part in [
        "<groupId>sg-2</groupId>",
        "<ipProtocol>tcp</ipProtocol>",
        "<toPort>443</toPort>",
        "<cidrIp>10.0.0.0/16</cidrIp>",
        "<groupId>sg-9</groupId>",
        "<prefixListId>pl-1</prefixListId>",
    ] {
        assert!(WEB.contains(part), "{part}");
        let script = scripted(move |_| page(&WEB.replacen(part, "", 1), None));
        let error = fetch(&script.aws()).await.expect_err(part);
        assert_eq!(error.kind, FailureKind::Malformed, "{part}: {error}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error() {
    let script = scripted(|_| page(WEB, Some("again")));
    assert_eq!(fetch(&script.aws()).await.expect_err("no end").kind, FailureKind::EndlessPages);
}

#[tokio::test]
async fn the_largest_page_is_the_one_that_the_model_allows() {
    let Some(model) = real_data("models/ec2/2016-11-15/service-2.json.gz") else { return };
    assert_eq!(model["shapes"]["DescribeSecurityGroupsMaxResults"]["max"], super::PAGE_SIZE);
}
