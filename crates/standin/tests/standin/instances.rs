use std::collections::BTreeSet;
use std::time::Duration;

use larder_standin::{APP_TAG, Config, InstanceState, ServerCounts};

use crate::ask::Asker;
use crate::xml::Node;

const ACTION: (&str, &str) = ("Action", "DescribeInstances");

fn instances(root: &Node) -> Vec<&Node> {
    root.child("reservationSet").children.iter().flat_map(|it| &it.child("instancesSet").children).collect()
}

fn ids(root: &Node) -> Vec<String> {
    instances(root).iter().map(|it| it.child("instanceId").text.clone()).collect()
}

async fn describe(asker: &Asker, parameters: &[(&str, &str)]) -> Node {
    let parameters: Vec<_> = [ACTION].iter().chain(parameters).copied().collect();
    asker.ec2(&parameters).await.ok_xml()
}

#[tokio::test]
async fn all_instances_come_out_page_by_page_even_as_they_change() {
    let now = Some("2025-11-19T15:00:00Z".parse().expect("a moment"));
    let servers = ServerCounts { lively: 48, steady: 2 };
    let asker = Asker::with(Config { now, servers, ..Config::default() }).await;
    let whole = ids(&describe(&asker, &[]).await);
    let (mut seen, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![("MaxResults", "5")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = describe(&asker, &parameters).await;
        assert!(ids(&page).len() <= 5);
        seen.extend(ids(&page));
        token = page.find("nextToken").map(|it| it.text.clone());
        if token.is_none() {
            break;
        }
        // Some are gone and others came, before the last page is asked for.
        asker.standin.advance_clock(Duration::from_secs(240));
    }
    assert!(whole.len() > 40, "{whole:?}");
    assert_eq!(seen, whole);
    assert_ne!(ids(&describe(&asker, &[]).await), whole, "nothing came or went");
}

#[tokio::test]
async fn what_is_told_is_true() {
    let mut asker = Asker::on_a_wednesday().await;
    let mut states = BTreeSet::new();
    for hour in 0..48 {
        (asker.account, asker.region) = (hour % 2, ["us-east-1", "us-west-2", "eu-west-1"][hour % 3]);
        let before = asker.standin.now();
        let root = describe(&asker, &[]).await;
        let after = asker.standin.now();
        for instance in instances(&root) {
            let text = |name: &str| instance.child(name).text.clone();
            let life = asker.standin.lives().find(&text("instanceId")).expect("it lives");
            // Between the two moments the answer was made.
            let told = [before, after].map(|moment| life.described_at(moment));
            let state = instance.child("instanceState").child("name").text.clone();
            let Some(told) = told.into_iter().flatten().find(|it| it.state.as_str() == state) else {
                panic!("{} is {state}", life.id)
            };
            assert_eq!(text("launchTime"), told.launch_time.to_string());
            assert_eq!(text("reason"), told.state_transition_reason);
            let code = instance.find("stateReason").map(|it| it.child("code").text.clone());
            assert_eq!(code.as_deref(), told.state_reason.map(|(code, _)| code));
            let interfaces = &instance.child("networkInterfaceSet").children;
            let attached = interfaces.first().map(|it| it.child("attachment").child("attachTime").text.clone());
            assert_eq!(attached, told.attach_time.map(|time| time.to_string()));
            states.insert(told.state);
        }
        asker.standin.advance_clock(Duration::from_secs(3_600));
    }
    assert!(states.contains(&InstanceState::Running) && states.contains(&InstanceState::Stopped), "{states:?}");
    assert!(states.contains(&InstanceState::Terminated), "{states:?}");
}

#[tokio::test]
async fn filters_and_ids_narrow_the_instances() {
    let asker = Asker::on_a_wednesday().await;
    let filter = |name, value| [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
    let whole = describe(&asker, &[]).await;
    let matching = |wanted: &dyn Fn(&Node) -> bool| -> Vec<String> {
        let wanted = instances(&whole).into_iter().filter(|it| wanted(it));
        wanted.map(|it| it.child("instanceId").text.clone()).collect()
    };
    let tag = |instance: &Node, key: &str| {
        let tags = instance.child("tagSet").children.iter();
        tags.filter(|it| it.child("key").text == key).map(|it| it.child("value").text.clone()).next()
    };
    let tagged = matching(&|it| tag(it, APP_TAG.0).as_deref() == Some(APP_TAG.1));
    assert!(!tagged.is_empty() && tagged.len() < ids(&whole).len());
    assert_eq!(ids(&describe(&asker, &filter("tag:App", "larder-demo")).await), tagged);
    assert_eq!(ids(&describe(&asker, &filter("tag-key", "App")).await), tagged);
    assert!(ids(&describe(&asker, &filter("tag:App", "another")).await).is_empty());
    for state in ["running", "stopped"] {
        let expected = matching(&|it| it.child("instanceState").child("name").text == state);
        assert_eq!(ids(&describe(&asker, &filter("instance-state-name", state)).await), expected, "{state}");
    }
    let two = [tagged[0].as_str(), tagged[1].as_str()];
    assert_eq!(ids(&describe(&asker, &[("InstanceId.1", two[0]), ("InstanceId.2", two[1])]).await), two);
    assert_eq!(ids(&describe(&asker, &filter("instance-id", two[1])).await), [two[1]]);
    for (parameters, code) in [
        (vec![ACTION, ("InstanceId.1", "i-0123456789abcdef0")], "InvalidInstanceID.NotFound"),
        (vec![ACTION, ("InstanceId.1", two[0]), ("InstanceId.2", "i-01234567")], "InvalidInstanceID.NotFound"),
        (vec![ACTION, ("InstanceId.1", "web-1")], "InvalidInstanceID.Malformed"),
        (vec![ACTION, ("InstanceId.1", two[0]), ("MaxResults", "5")], "InvalidParameterCombination"),
        (vec![ACTION, ("MaxResults", "4")], "InvalidParameterValue"),
        (vec![ACTION, ("NextToken", "garbage")], "InvalidParameterValue"),
        (vec![ACTION, ("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")], "InvalidParameterValue"),
    ] {
        assert_eq!(asker.ec2(&parameters).await.xml_error(), (400, code.to_owned()), "{parameters:?}");
    }
}

#[tokio::test]
async fn there_are_as_many_servers_as_the_configuration_says() {
    let servers = ServerCounts { lively: 0, steady: 1_700 };
    let asker = Asker::with(Config { servers, ..Config::default() }).await;
    let first = describe(&asker, &[]).await;
    assert_eq!(ids(&first).len(), 1_000);
    let token = first.child("nextToken").text.clone();
    let second = describe(&asker, &[("NextToken", &token)]).await;
    assert_eq!(ids(&second).len(), 700);
    let running = instances(&second).iter().all(|it| it.child("instanceState").child("name").text == "running");
    assert!(running);
}
