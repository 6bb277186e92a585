use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, real_data, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-subnets").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn page(ids: &[&str], token: Option<&str>) -> String {
    let items: String =
        ids.iter().map(|id| format!("<item><subnetId>{id}</subnetId><vpcId>vpc-1</vpcId></item>")).collect();
    let token = token.map_or(String::new(), |token| format!("<nextToken>{token}</nextToken>"));
    format!(
        "<DescribeSubnetsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <subnetSet>{items}</subnetSet>{token}</DescribeSubnetsResponse>"
    )
}

fn ids(answer: &Value) -> Vec<&str> {
    let subnets = answer["subnets"].as_array().expect("a list");
    let ids = subnets.iter().map(|subnet| subnet["subnetId"].as_str());
    ids.map(|id| id.expect("an id")).collect()
}

#[tokio::test]
async fn a_subnet_has_these_fields() {
    let script = scripted(|_| {
        let subnets = "<item><subnetId>subnet-2</subnetId><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/24</cidrBlock>\
            <availabilityZone>us-east-1a</availabilityZone><tagSet><item><key>b</key><value>2</value></item>\
            <item><key>a</key><value/></item></tagSet></item>\
            <item><subnetId>subnet-1</subnetId><ipv6Native>true</ipv6Native></item>";
        let answer = page(&[], None).replace("<subnetSet>", &format!("<subnetSet>{subnets}"));
        Reply::Http(200, answer)
    });
    let expected = json!({"subnets": [
        {"subnetId": "subnet-1", "vpcId": null, "cidrBlock": null, "availabilityZone": null, "tags": {}},
        {"subnetId": "subnet-2", "vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24",
         "availabilityZone": "us-east-1a", "tags": {"a": "", "b": "2"}},
    ]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
}

#[tokio::test]
async fn the_same_subnets_in_another_order_are_the_same_bytes() {
    let row = data_type("ec2-subnets").expect("a row");
    let mut answers = Vec::new();
    for order in [["subnet-a", "subnet-b", "subnet-c"], ["subnet-c", "subnet-a", "subnet-b"]] {
        let aws = scripted(move |_| Reply::Http(200, page(&order, None))).aws();
        answers.push(row.fetch(&aws, &scope()).await.expect("an answer"));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn every_page_is_asked_with_the_token_before_it() {
    let script = scripted(|asked: &Asked| {
        let token = |token: &str| asked.body.contains(&format!("NextToken={token}"));
        assert!(asked.body.contains("MaxResults=1000"), "{}", asked.body);
        Reply::Http(
            200,
            match () {
                () if token("two") => page(&["subnet-2"], Some("three")),
                () if token("three") => page(&["subnet-1"], None),
                () => page(&["subnet-3"], Some("two")),
            },
        )
    });
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(ids(&answer), ["subnet-1", "subnet-2", "subnet-3"]);
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error_and_not_a_short_list() {
    let script = scripted(|_| Reply::Http(200, page(&["subnet-1"], Some("again"))));
    let error = fetch(&script.aws()).await.expect_err("no end");
    assert_eq!(error.kind, FailureKind::EndlessPages);
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let script = scripted(|asked| match asked.before {
        0 => Reply::Http(200, page(&["subnet-1"], Some("two"))),
        _ => Reply::Http(503, String::new()),
    });
    let error = fetch(&script.aws()).await.expect_err("half a list");
    assert_eq!(error.kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn an_answer_cut_off_anywhere_is_an_error_and_not_a_short_list() {
    let whole = page(&["subnet-1", "subnet-2"], None);
    for end in 0..whole.len() {
        let cut = whole[..end].to_owned();
        let script = scripted(move |_| Reply::Http(200, cut.clone()));
        let error = fetch(&script.aws()).await.expect_err("half an answer");
        assert_eq!(error.kind, FailureKind::Malformed, "cut at {end}: {error}");
        assert!(!error.message.contains("interceptor"), "the SDK's own parts are told: {error}");
    }
}

#[tokio::test]
async fn a_subnet_without_an_id_is_malformed() {
    let script = scripted(|_| Reply::Http(200, page(&["x"], None).replace("<subnetId>x</subnetId>", "")));
    let error = fetch(&script.aws()).await.expect_err("no id");
    assert_eq!(error.kind, FailureKind::Malformed);
}

#[tokio::test]
async fn the_largest_page_is_the_one_that_the_model_allows() {
    let Some(model) = real_data("models/ec2/2016-11-15/service-2.json.gz") else {
        return;
    };
    let shapes = &model["shapes"];
    assert_eq!(shapes["DescribeSubnetsMaxResults"]["max"], super::PAGE_SIZE);
    assert_eq!(shapes["DITMaxResults"]["max"], 100);
}

/// As a captive portal does.
#[tokio::test]
async fn a_web_page_is_said_to_be_no_answer() {
    let script = scripted(|_| Reply::Http(200, "<html><body>Log in".to_owned()));
    let error = fetch(&script.aws()).await.expect_err("no answer of EC2's");
    assert_eq!(error.kind, FailureKind::Malformed, "{error}");
    assert!(error.message.contains("html"), "it says what came instead: {error}");
}
