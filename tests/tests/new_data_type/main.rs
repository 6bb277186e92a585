//! A new data type is one file, its row in the table and its `mod` line: in a copy of the workspace it is then answered
//! over HTTP, documented, listed with what it needs, and has its settings.

mod scratch;

use larder_tests::{Moto, Program};
use serde_json::Value;

use scratch::Scratch;

const NAME: &str = "ec2-key-pairs";
const ACTION: &str = "ec2:DescribeKeyPairs";
const QUESTION: &str = "/ec2/key-pairs?region=us-east-1";
const KEY_NAME: &str = "of-this-test";

/// What lists data types, and what has to be there of the new one.
const LISTS: &[(&[&str], &str)] =
    &[(&["types"], NAME), (&["types"], ACTION), (&["types", "--json"], ACTION), (&["iam-policy"], ACTION)];

/// A copy with the new data type in it.
fn copy() -> Scratch {
    let mut scratch = Scratch::copy();
    scratch.add("crates/sources/src/ec2_key_pairs.rs", include_str!("ec2_key_pairs.rs"));
    scratch.add_line("crates/sources/src/lib.rs", "mod ec2_key_pairs;", "mod ec2_regions;");
    let row = |name: &str| format!("    DataType::of::<{name}>(),");
    let (ours, next) = (row("crate::ec2_key_pairs::Ec2KeyPairs"), row("Ec2Regions"));
    scratch.add_line("crates/sources/src/table.rs", &ours, &next);
    scratch
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_and_one_row_are_all_that_it_needs() {
    let scratch = tokio::task::spawn_blocking(copy).await.expect("it is copied");
    let larder = scratch.build("larder").await.display().to_string();
    for (args, expected) in LISTS {
        let finished = Program::run(&larder, args, &[]).await.expect("it ends");
        assert!(finished.status.success() && finished.stdout.contains(expected), "{args:?}: {finished:?}");
        let without = Program::run("larder", args, &[]).await.expect("it ends");
        assert!(!without.stdout.contains(expected), "the checkout's own program has it: {without:?}");
    }
    check_setting(&larder).await;
    check_http(&larder).await;
}

async fn check_setting(larder: &str) {
    let set = [("LARDER_TTL_EC2_KEY_PAIRS_S", "77")];
    let listed = Program::run(larder, &["types", "--json"], &set).await.expect("it ends");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap_or_else(|error| panic!("{error}: {listed:?}"));
    let row = listed.as_array().expect("a list").iter().find(|row| row["name"] == NAME).expect("its row");
    assert_eq!(row["ttlSeconds"], 77, "{row}");
}

async fn check_http(larder: &str) {
    let moto = Moto::start().await.expect("moto starts");
    let fingerprint = make_key_pair(moto.endpoint_url()).await;
    let env =
        [("AWS_ENDPOINT_URL", moto.endpoint_url()), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let args = ["serve", "--listen", "127.0.0.1:0", "--store", "memory"];
    let serve = Program::start(larder, &args, &env).expect("it starts");
    let line = serve.line("listens on http://").await.expect("it says where it listens");
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("a URL");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let get = async |path: &str| client.get(format!("{url}{path}")).send().await.expect("it answers");

    let first = get(QUESTION).await;
    assert_eq!(first.status(), 200);
    let answer: Value = first.json().await.expect("JSON");
    let pairs = answer["keyPairs"].as_array().expect("a list");
    assert_eq!(pairs.len(), 1, "{answer}");
    assert_eq!((&pairs[0]["keyName"], &pairs[0]["keyFingerprint"]), (&KEY_NAME.into(), &fingerprint.into()));
    let second = get(QUESTION).await;
    let status = second.headers()["cache-status"].to_str().expect("a text");
    assert!(status.contains("hit") && status.contains("detail=memory"), "{status}");
    let page: Value = get(&format!("{QUESTION}&limit=1")).await.json().await.expect("JSON");
    assert_eq!(page["keyPairs"], answer["keyPairs"]);
    let document: Value = get("/openapi.json").await.json().await.expect("JSON");
    let operation = &document["paths"]["/ec2/key-pairs"]["get"];
    assert_eq!(operation["operationId"], NAME);
    assert!(operation["description"].as_str().is_some_and(|text| text.contains(ACTION)), "{operation}");
    assert!(document["components"]["schemas"]["KeyPairsAnswer"].is_object(), "its answer has a schema");
}

/// Makes a key pair and gives its fingerprint, as AWS's query protocol has it.
async fn make_key_pair(url: &str) -> String {
    let signed =
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new().post(url).header("Authorization", signed);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("Action=CreateKeyPair&Version=2016-11-15&KeyName={KEY_NAME}");
    let made = request.body(body).send().await.expect("it answers").text().await.expect("a text");
    let fingerprint = made.split("<keyFingerprint>").nth(1).and_then(|rest| rest.split('<').next());
    fingerprint.unwrap_or_else(|| panic!("no key pair: {made}")).to_owned()
}
