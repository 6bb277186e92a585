use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::scripted_aws::{Reply, scope, scripted};
use crate::{FailureKind, data_type};

fn answer(items: &str) -> Reply {
    let xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
    let answer = format!(
        "<DescribeRegionsResponse xmlns=\"{xmlns}\"><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    );
    Reply::Http(200, answer)
}

#[tokio::test]
async fn every_region_is_there_with_its_status() {
    let script = scripted(|asked| {
        assert!(asked.body.contains("AllRegions=true"), "{}", asked.body);
        assert!(asked.uri.starts_with("https://ec2.us-east-1."), "{}", asked.uri);
        answer(
            "<item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>\
             <item><regionName>af-south-1</regionName><optInStatus>not-opted-in</optInStatus></item>\
             <item><regionName>eu-south-1</regionName><optInStatus>opted-in</optInStatus></item>\
             <item><regionName>zz-new-1</regionName></item>",
        )
    });
    let row = data_type("ec2-regions").expect("a row");
    let json = row.fetch(&script.aws(), &scope()).await.expect("an answer");
    let expected = json!({"regions": [
        {"region": "af-south-1", "optInStatus": "not-opted-in"},
        {"region": "eu-south-1", "optInStatus": "opted-in"},
        {"region": "us-east-1", "optInStatus": "opt-in-not-required"},
        {"region": "zz-new-1", "optInStatus": null},
    ]});
    assert_eq!(serde_json::from_slice::<Value>(&json).expect("JSON"), expected);
    let usable = usable_regions(&json).expect("it is one of ours");
    assert_eq!(usable.known.into_iter().map(Region::name).collect::<Vec<_>>(), ["eu-south-1", "us-east-1"]);
    assert!(usable.unknown.is_empty(), "AWS does not say that it may be used: {:?}", usable.unknown);
}

#[tokio::test]
async fn a_region_without_a_name_is_malformed() {
    let script = scripted(|_| answer("<item><optInStatus>opted-in</optInStatus></item>"));
    let row = data_type("ec2-regions").expect("a row");
    let error = row.fetch(&script.aws(), &scope()).await.expect_err("no name");
    assert_eq!(error.kind, FailureKind::Malformed);
}

#[rstest]
#[case("opted-in", true)]
#[case("opt-in-not-required", true)]
#[case("not-opted-in", false)]
#[case("OPTED-IN", false)]
fn a_region_is_usable_only_where_aws_says_so(#[case] status: &str, #[case] usable: bool) {
    let answer = json!({"regions": [{"region": "eu-west-1", "optInStatus": status}]}).to_string();
    assert_eq!(usable_regions(answer.as_bytes()).expect("it is one of ours").known.is_empty(), !usable);
}

#[test]
fn a_usable_region_that_is_younger_than_this_program_is_told_apart() {
    let listed = [("eu-west-1", "opted-in"), ("zz-new-1", "opted-in"), ("zz-new-2", "not-opted-in")];
    let listed = listed.map(|(region, status)| json!({"region": region, "optInStatus": status}));
    let usable = usable_regions(json!({"regions": listed}).to_string().as_bytes()).expect("it is one of ours");
    assert_eq!((usable.known.len(), usable.unknown), (1, vec!["zz-new-1".to_owned()]));
}

#[test]
fn other_bytes_are_no_list_of_regions() {
    assert!(usable_regions(b"{}").is_err());
    assert!(usable_regions(b"").is_err());
}
