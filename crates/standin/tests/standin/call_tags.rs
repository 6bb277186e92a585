use larder_standin::{CALL_TAG, CallTags, Config};
use serde_json::json;

use crate::ask::Asker;
use crate::xml::Node;

/// The value of the tag in an item of EC2's, which has it once.
fn tag(item: &Node) -> String {
    let tags = item.child("tagSet").children.iter();
    let values: Vec<_> =
        tags.filter(|tag| tag.child("key").text == CALL_TAG).map(|tag| &tag.child("value").text).collect();
    let [value] = values[..] else { panic!("one tag: {values:?}") };
    value.clone()
}

#[tokio::test]
async fn every_item_of_an_answer_says_which_call_it_answers() {
    let mut asker = Asker::with(Config { call_tags: CallTags::Present, ..Config::default() }).await;
    asker.account = 1;
    let account = asker.standin.fleet().accounts()[1].id().to_string();
    for (action, set) in [("DescribeSubnets", "subnetSet"), ("DescribeSecurityGroups", "securityGroupInfo")] {
        for _ in 0..2 {
            let number = asker.standin.requests();
            let answer = asker.ec2(&[("Action", action)]).await.ok_xml();
            let expected = format!("{number} ec2:{action} {account} us-east-1");
            assert!(answer.child(set).children.iter().all(|item| tag(item) == expected), "{expected}");
        }
    }
    let number = asker.standin.requests();
    let servers = asker.drs("DescribeSourceServers", json!({})).await.ok_json();
    for server in servers["items"].as_array().expect("a list") {
        let expected = format!("{number} drs:DescribeSourceServers {account} us-east-1");
        assert_eq!((&server["tags"][CALL_TAG], server["tags"]["Name"].is_string()), (&expected.into(), true));
    }
}
