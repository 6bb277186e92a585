use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::scripted_aws::{ACCOUNT, Asked, Reply, Script, identity, scope, scripted};
use crate::{ConfiguredAccounts, FailureKind};

/// A script of EC2's answers, whose own account is [`ACCOUNT`].
pub(super) fn ec2(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Script {
    scripted(move |asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        "DescribeInstances" => answer(asked),
        other => panic!("{other} is not asked for"),
    })
}

pub(super) fn accounts(script: &Script) -> Accounts {
    Accounts::new(script.signed(), Arc::new(ConfiguredAccounts::new(Vec::new()).expect("no account twice")))
}

pub(super) fn place() -> (AccountId, Region) {
    (AccountId::parse(ACCOUNT).expect("12 digits"), scope().region.expect("a region"))
}

/// A page with a reservation for each list of instances.
pub(super) fn page(reservations: &[Vec<String>], token: Option<&str>) -> Reply {
    let reservation = |items: &Vec<String>| format!("<item><instancesSet>{}</instancesSet></item>", items.concat());
    let reservations: String = reservations.iter().map(reservation).collect();
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    let answer = format!("<reservationSet>{reservations}</reservationSet>{token}");
    Reply::Http(200, format!("<DescribeInstancesResponse>{answer}</DescribeInstancesResponse>"))
}

/// An instance with the tag `App=a`.
pub(super) fn running(id: &str) -> String {
    instance(id, "<tagSet><item><key>App</key><value>a</value></item></tagSet>")
}

fn instance(id: &str, more: &str) -> String {
    let state = "<instanceState><code>16</code><name>running</name></instanceState>";
    format!("<item><instanceId>{id}</instanceId>{state}{more}</item>")
}

async fn tagged(script: &Script, tag: &str) -> Result<Vec<Server>, FetchError> {
    let ((account, region), accounts) = (place(), accounts(script));
    let tag: AppTag = tag.parse().expect("a tag");
    // On its own, as functions run it.
    let asking = tokio::spawn(async move { servers_with(&tag, &accounts, &account, region).await });
    asking.await.expect("no panic inside")
}

fn ids(servers: &[Server]) -> Vec<&str> {
    servers.iter().map(|server| server.id.as_str()).collect()
}

#[tokio::test]
async fn a_server_has_what_tells_when_it_ran() {
    let script = ec2(|_| {
        let interface = |device: u32, card: u32, time: &str| {
            let attachment = format!(
                "<deviceIndex>{device}</deviceIndex><networkCardIndex>{card}</networkCardIndex>\
                 <attachTime>2025-10-{time}:00:00.000Z</attachTime>"
            );
            format!("<item><attachment>{attachment}</attachment></item>")
        };
        let interfaces = [interface(1, 0, "09T08"), interface(0, 1, "08T08"), interface(0, 0, "07T08")].concat();
        let more = format!(
            "<reason>User initiated (2025-11-02 12:30:00 GMT)</reason><launchTime>2025-11-02T10:00:00.000Z</launchTime>\
             <networkInterfaceSet>{interfaces}</networkInterfaceSet>\
             <hibernationOptions><configured>true</configured></hibernationOptions>\
             <tagSet><item><key>Name</key><value>web</value></item><item><key>App</key><value>a</value></item></tagSet>"
        );
        page(&[vec![instance("i-1", &more).replace("running", "stopping")]], None)
    });
    let tags = [("App", "a"), ("Name", "web")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let expected = Server {
        id: "i-1".to_owned(),
        name: Some("web".to_owned()),
        tags: tags.into(),
        state: "stopping".to_owned(),
        launched: Some(1_762_077_600),
        ended: Some(1_762_086_600),
        created: Some(1_759_824_000),
        hibernates: true,
    };
    assert_eq!(tagged(&script, "App=a").await.expect("servers"), [expected]);
}

#[tokio::test]
async fn what_a_terminated_server_lacks_is_unknown() {
    let script = ec2(|_| {
        let tags = "<tagSet><item><key>Name</key><value/></item><item><key>App</key><value>a</value></item></tagSet>";
        page(&[vec![instance("i-1", &format!("<reason/>{tags}"))]], None)
    });
    let server = tagged(&script, "App=a").await.expect("servers").pop().expect("one");
    assert_eq!((server.name, server.launched, server.ended, server.created), (None, None, None, None));
    assert!(!server.hibernates);
}

#[tokio::test]
async fn every_page_and_reservation_is_read_and_each_server_told_once() {
    let script = ec2(|asked| {
        assert!(asked.body.contains("MaxResults=1000"), "{}", asked.body);
        match asked.before {
            0 => page(&[vec![running("i-4"), running("i-2")], vec![], vec![running("i-5")]], Some("two")),
            _ => page(&[vec![running("i-2"), running("i-1")]], None),
        }
    });
    assert_eq!(ids(&tagged(&script, "App=a").await.expect("servers")), ["i-1", "i-2", "i-4", "i-5"]);
    assert!(script.asked().pop().expect("a request").body.contains("NextToken=two"));
}

#[tokio::test]
async fn a_tag_is_asked_for_literally_and_only_that_one_counts() {
    let script = ec2(|asked| {
        let filter = "Filter.1.Name=tag%3AApp&Filter.1.Value.1=a%5C%2A";
        assert!(asked.body.contains(filter), "{}", asked.body);
        let tagged = |id, key: &str, value: &str| {
            instance(id, &format!("<tagSet><item><key>{key}</key><value>{value}</value></item></tagSet>"))
        };
        page(&[vec![tagged("i-1", "App", "ab"), tagged("i-2", "App", "a*"), tagged("i-3", "app", "a*")]], None)
    });
    assert_eq!(ids(&tagged(&script, "App=a*").await.expect("servers")), ["i-2"]);
}

#[rstest]
#[case("<instanceId>i-1</instanceId>", "instanceId")]
#[case("<name>running</name>", "state")]
#[tokio::test]
async fn a_server_without_what_it_must_have_is_malformed(#[case] without: &'static str, #[case] lacks: &str) {
    let script = ec2(move |_| page(&[vec![running("i-1").replace(without, "")]], None));
    let error = tagged(&script, "App=a").await.expect_err("half a server");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Malformed, DESCRIBE_INSTANCES));
    assert!(error.message.contains(lacks), "{}", error.message);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let script = ec2(|asked| match asked.before {
        0 => page(&[vec![running("i-1")]], Some("two")),
        _ => Reply::Http(503, String::new()),
    });
    assert_eq!(tagged(&script, "App=a").await.expect_err("half a list").kind, FailureKind::Unavailable);
}
