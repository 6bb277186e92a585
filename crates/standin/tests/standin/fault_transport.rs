//! The faults that happen to an answer on its way, and to the pages of a list.

use std::collections::BTreeSet;
use std::time::Duration;

use larder_standin::{Fault, FaultKind};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ask::{Asker, Reply};
use crate::xml::Node;

#[tokio::test]
async fn a_dropped_connection_ends_in_mid_body() {
    let asker = Asker::start().await;
    let whole = asker.any("drs").await.body;
    asker.standin.fault(Fault::on("drs:DescribeJobs", FaultKind::Dropped).for_calls(1));
    let mut stream = TcpStream::connect(asker.standin.addr()).await.expect("a connection");
    let request = format!(
        "POST /DescribeJobs HTTP/1.1\r\nhost: standin\r\nauthorization: {}\r\ncontent-length: 2\r\n\r\n{{}}",
        asker.authorization("drs")
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // Ends as the stand-in closes the connection: keep-alive would leave it open.
    stream.read_to_end(&mut answer).await.expect("read");
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains(&format!("content-length: {}", whole.len())), "{head}");
    assert_eq!(body.len(), whole.len() / 2);
    assert_eq!(asker.any("drs").await.body, whole);
}

#[tokio::test]
async fn a_truncated_body_says_that_it_is_whole() {
    let asker = Asker::start().await;
    for service in ["drs", "servicequotas", "ec2", "iam", "sts", "cloudtrail", "ce"] {
        let whole = asker.any(service).await;
        asker.standin.fault(Fault::on("*", FaultKind::Truncated).for_calls(1));
        let cut = asker.any(service).await;
        assert_eq!(cut.status, 200);
        assert!(cut.body.len() > 10 && cut.body.len() <= whole.body.len() / 2, "{}", cut.body);
        // The request's id, which differs, comes first in EC2's answers and last elsewhere.
        let same = cut.body.len() / 2..cut.body.len();
        assert_eq!(cut.body[same.clone()], whole.body[same], "{service}");
        if ["ec2", "iam"].contains(&service) {
            let end = if service == "ec2" { "</item>" } else { "</member>" };
            assert!(cut.body.ends_with(end), "{}", cut.body);
        }
    }
}

#[tokio::test]
async fn a_malformed_body_is_neither_json_nor_xml() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("*", FaultKind::Malformed));
    for service in ["drs", "servicequotas", "ec2", "iam", "sts", "cloudtrail", "ce"] {
        let Reply { status, body, .. } = asker.any(service).await;
        assert!(status == 200 && body.contains("Sign in"), "{body}");
        assert!(serde_json::from_str::<Value>(&body).is_err());
        assert!(!body.contains("Response"));
    }
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the clock is the test's own, and paused")]
async fn a_slow_answer_is_whole_and_late() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("sts:*", FaultKind::Slow(Duration::from_secs(20))).for_calls(1));
    // The clock stands still but for the stand-in's own wait.
    let sent = tokio::time::Instant::now();
    asker.any("sts").await.ok_xml();
    assert!(sent.elapsed() >= Duration::from_secs(20));
}

/// One page of the service's list: how many items it has, and the token of the next one.
async fn page(asker: &Asker, service: &str, token: Option<&str>) -> (usize, Option<String>) {
    let count = |root: &Node, set: &str| root.child(set).children.len();
    let text = |root: &Node, name: &str| root.find(name).map(|it| it.text.clone());
    let with = |action: &'static str, name: &'static str| {
        [("Action", action)].into_iter().chain(token.map(|token| (name, token))).collect::<Vec<_>>()
    };
    match service {
        "drs" => {
            let answer = asker.drs("DescribeSourceServers", json!({ "nextToken": token })).await.ok_json();
            (answer["items"].as_array().expect("items").len(), answer["nextToken"].as_str().map(str::to_owned))
        }
        "servicequotas" => {
            let input = json!({ "ServiceCode": "drs", "NextToken": token });
            let answer = asker.quotas("ListServiceQuotas", input).await.ok_json();
            (answer["Quotas"].as_array().expect("rows").len(), answer["NextToken"].as_str().map(str::to_owned))
        }
        "iam" => {
            let root = asker.iam(&with("ListInstanceProfiles", "Marker")).await.ok_xml();
            let result = root.child("ListInstanceProfilesResult");
            let marker = text(result, "Marker");
            assert_eq!(result.child("IsTruncated").text, marker.is_some().to_string());
            (count(result, "InstanceProfiles"), marker)
        }
        "cloudtrail" => {
            let answer = asker.lookup(json!({ "MaxResults": 20, "NextToken": token })).await.ok_json();
            (answer["Events"].as_array().expect("events").len(), answer["NextToken"].as_str().map(str::to_owned))
        }
        "ce" => {
            let mut input = crate::cost_explorer::this_month_by_service(asker);
            input["NextPageToken"] = token.into();
            let answer = asker.costs(input).await.ok_json();
            let results = answer["ResultsByTime"].as_array().expect("results").len();
            (results, answer["NextPageToken"].as_str().map(str::to_owned))
        }
        "instances" => {
            let mut parameters = with("DescribeInstances", "NextToken");
            parameters.push(("MaxResults", "5"));
            let root = asker.ec2(&parameters).await.ok_xml();
            let instances = root.child("reservationSet").children.iter().map(|it| count(it, "instancesSet"));
            (instances.sum(), text(&root, "nextToken"))
        }
        _ => {
            let root = asker.ec2(&with("DescribeSecurityGroups", "NextToken")).await.ok_xml();
            (count(&root, "securityGroupInfo"), text(&root, "nextToken"))
        }
    }
}

const LISTS: [&str; 7] = ["drs", "servicequotas", "ec2", "iam", "cloudtrail", "ce", "instances"];

#[tokio::test]
async fn empty_pages_lead_to_the_whole_list() {
    let asker = Asker::on_a_wednesday().await;
    for service in LISTS {
        let first = page(&asker, service, None).await;
        asker.standin.fault(Fault::on("*", FaultKind::EmptyPages).for_calls(3));
        let (mut tokens, mut token) = (BTreeSet::new(), None);
        for _ in 0..3 {
            let (count, next) = page(&asker, service, token.as_deref()).await;
            assert_eq!(count, 0, "{service}");
            token = next;
            assert!(tokens.insert(token.clone().expect("there is more")), "{service} repeats a token");
        }
        assert_eq!(page(&asker, service, token.as_deref()).await, first, "{service}");
    }
}

#[tokio::test]
async fn a_repeating_token_never_leads_on() {
    let asker = Asker::start().await;
    asker.standin.fault(Fault::on("*", FaultKind::RepeatingToken));
    for service in LISTS {
        let first = page(&asker, service, None).await;
        assert!(first.0 > 0 && first.1.is_some(), "{service}: {first:?}");
        for _ in 0..3 {
            assert_eq!(page(&asker, service, first.1.as_deref()).await, first, "{service}");
        }
    }
}
