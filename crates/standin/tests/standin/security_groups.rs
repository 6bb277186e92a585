use crate::ask::Asker;
use crate::xml::Node;

const GROUPS: (&str, &str) = ("Action", "DescribeSecurityGroups");

fn ids(root: &Node) -> Vec<String> {
    let set = root.child("securityGroupInfo").children.iter();
    set.map(|item| item.child("groupId").text.clone()).collect()
}

#[tokio::test]
async fn all_security_groups_come_out_page_by_page() {
    let asker = Asker::start().await;
    let fleet = asker.standin.fleet();
    let expected = fleet.security_groups(fleet.accounts()[0].id(), "us-east-1").iter().map(|it| it.id.clone());
    let whole = asker.ec2(&[GROUPS]).await.ok_xml();
    assert_eq!(ids(&whole), expected.collect::<Vec<_>>());
    assert!(ids(&whole).len() > 50);

    let (mut seen, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![GROUPS, ("MaxResults", "25")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = asker.ec2(&parameters).await.ok_xml();
        seen.extend(ids(&page));
        token = page.find("nextToken").map(|it| it.text.clone());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids(&whole));
}

#[tokio::test]
async fn filters_and_ids_narrow_the_security_groups() {
    let asker = Asker::start().await;
    let whole = asker.ec2(&[GROUPS]).await.ok_xml();
    for (filter, value, count) in [
        ("group-name", "default", 11),
        ("group-name", "drs-*", 10),
        ("description", "Web & API <public>", 10),
        ("ip-permission.from-port", "5432", 10),
        ("ip-permission.cidr", "0.0.0.0/0", 10),
        ("ip-permission.protocol", "icmp", 10),
        ("tag-key", "Owner", 50),
        ("tag:Name", "bastion", 10),
        ("owner-id", "111122223333", 61),
    ] {
        let filter = [GROUPS, ("Filter.1.Name", filter), ("Filter.1.Value.1", value)];
        let found = ids(&asker.ec2(&filter).await.ok_xml());
        assert_eq!(found.len(), count, "{filter:?}");
    }
    let some = &ids(&whole)[3];
    let one = asker.ec2(&[GROUPS, ("GroupId.1", some)]).await.ok_xml();
    assert_eq!(ids(&one), std::slice::from_ref(some));
}

#[tokio::test]
async fn rules_have_what_ec2_has() {
    let asker = Asker::start().await;
    let whole = asker.ec2(&[GROUPS]).await.ok_xml();
    let groups = &whole.child("securityGroupInfo").children;
    let named = |name: &str| groups.iter().find(|it| it.child("groupName").text == name).expect(name);
    let rules = |group: &Node| group.child("ipPermissions").children.clone();

    let default = named("default");
    let own = rules(default)[0].child("groups").children[0].child("groupId").text.clone();
    assert_eq!(own, default.child("groupId").text);
    assert!(rules(default)[0].find("fromPort").is_none());

    let https = &rules(named("web"))[0];
    assert_eq!(https.child("toPort").text, "443");
    assert_eq!(https.child("ipv6Ranges").children[0].child("cidrIpv6").text, "::/0");
    let [ping, login] = &rules(named("bastion"))[..] else { panic!("two rules") };
    assert_eq!(ping.child("fromPort").text, "-1");
    assert_eq!(ping.child("ipRanges").children[0].child("description").text, "ping");
    assert_eq!(login.child("prefixListIds").children.len(), 1);
}

/// As it was recorded: the group is the only thing that differs.
#[tokio::test]
async fn a_group_that_does_not_exist_is_not_found() {
    let asker = Asker::start().await;
    let (status, code, message) = asker.ec2(&[GROUPS, ("GroupId.1", "sg-22992c53")]).await.error();
    assert_eq!((status, code.as_str()), (400, "InvalidGroup.NotFound"));
    assert_eq!(message, "The security group 'sg-22992c53' does not exist");
}
