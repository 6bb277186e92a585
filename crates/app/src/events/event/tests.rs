use larder_runtime::InstanceState;
use rstest::rstest;
use serde_json::json;

use super::*;

fn event(source: &str, detail_type: &str, detail: &Value) -> Value {
    json!({
        "version": "0", "id": "6f1c0f3e-1", "source": source, "detail-type": detail_type, "account": "111122223333",
        "time": "2025-11-02T10:00:00Z", "region": "us-east-1", "resources": [], "detail": detail,
    })
}

fn state_change_event() -> Value {
    event("aws.ec2", STATE_CHANGE, &json!({"instance-id": "i-0123456789abcdef0", "state": "running"}))
}

fn parsed(event: &Value) -> Result<Event, String> {
    Event::parse(&event.to_string()).map_err(|problem| problem.to_string())
}

fn happened(event: &Value) -> Happened {
    parsed(event).expect("it is one").happened
}

#[test]
fn a_change_of_state_is_read() {
    let Event { account, region, happened } = parsed(&state_change_event()).expect("it is one");
    assert_eq!((account.as_str(), region), ("111122223333", Region::parse("us-east-1")));
    let time = "2025-11-02T10:00:00Z".parse().expect("ISO 8601");
    let changed = Changed { time, state: InstanceState::Running, event_id: "6f1c0f3e-1".to_owned() };
    assert_eq!(happened, Happened::StateChange { instance_id: "i-0123456789abcdef0".to_owned(), changed });
}

#[rstest]
#[case("aws.drs", "DRS Source Server Launch Result", json!({"state": "RECOVERY_LAUNCH_SUCCEEDED"}), "drs")]
#[case("aws.ec2", "EC2 Spot Instance Interruption Warning", json!({}), "ec2")]
fn a_service_tells_of_itself(#[case] source: &str, #[case] kind: &str, #[case] detail: Value, #[case] service: &str) {
    let expected = Happened::OfService { service: service.to_owned() };
    assert_eq!(happened(&event(source, kind, &detail)), expected);
}

#[test]
fn a_call_is_told_with_what_it_tagged() {
    let call = |detail: Value| happened(&event("aws.ec2", RECORDED[0], &detail));
    let expected = |name: &str, tagged: Option<&[&str]>| {
        let tagged = tagged.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        Happened::Call(Call { service: "ec2".to_owned(), name: name.to_owned(), tagged })
    };
    let tagged = json!({
        "eventSource": "ec2.amazonaws.com", "eventName": "CreateTags", "readOnly": false, "errorCode": null,
        "requestParameters": {"resourcesSet": {"items": [{"resourceId": "i-1"}, {"resourceId": "subnet-1"}]}},
    });
    assert_eq!(call(tagged), expected("CreateTags", Some(&["i-1", "subnet-1"])));
    assert_eq!(call(json!({"eventName": "CreateSubnet", "requestParameters": null})), expected("CreateSubnet", None));
}

#[rstest]
#[case(event("aws.ec2", RECORDED[0], &json!({"eventName": "DeleteSubnet", "errorCode": "Client.DependencyViolation"})), "DependencyViolation")]
#[case(event("aws.drs", RECORDED[0], &json!({"eventName": "DescribeJobs", "readOnly": true})), "wrote nothing")]
#[case(event("com.example", STATE_CHANGE, &json!({"instance-id": "i-1", "state": "running"})), "none of AWS's")]
fn what_changed_nothing_says_why(#[case] event: Value, #[case] named: &str) {
    let Happened::Nothing(reason) = happened(&event) else { panic!("{event}") };
    assert!(reason.contains(named), "{reason}");
}

#[test]
fn a_region_that_is_younger_than_this_program_is_none() {
    let mut event = state_change_event();
    event["region"] = json!("mars-north-1");
    assert_eq!(parsed(&event).expect("it is one").region, None);
}

#[rstest]
#[case("/detail-type", json!(7), "detail-type")]
#[case("/account", json!("1234"), "12 digits")]
#[case("/region", json!(null), "region")]
#[case("/id", json!(" "), "id")]
#[case("/time", json!("yesterday"), "time \"yesterday\"")]
#[case("/detail", json!(null), "instance-id")]
#[case("/detail/state", json!("Running"), "shutting-down")]
#[case("/detail/instance-id", json!("111122223333#us-east-1"), "instance-id")]
#[case("/detail/instance-id", json!("i-"), "instance-id")]
fn what_is_wrong_is_named(#[case] at: &str, #[case] wrong: Value, #[case] named: &str) {
    let mut event = state_change_event();
    *event.pointer_mut(at).expect("it is there") = wrong;
    let said = parsed(&event).expect_err("it is wrong");
    assert!(said.starts_with("INVALID_") && said.contains(named), "{said}");
}

#[rstest]
#[case("")]
#[case("null")]
#[case("[]")]
#[case("{}")]
#[case(r#"{"dataType": "ec2-subnets"}"#)]
fn another_document_is_no_event(#[case] text: &str) {
    let said = Event::parse(text).expect_err("it is none").to_string();
    assert!(said.starts_with("INVALID_BODY"), "{said}");
}

#[test]
fn what_is_missing_is_named() {
    for member in ["detail-type", "source", "account", "region", "id", "time"] {
        let mut event = state_change_event();
        event.as_object_mut().expect("an object").remove(member);
        let said = parsed(&event).expect_err("it is wrong");
        assert!(said.contains(member), "{said}");
    }
    let unnamed = event("aws.ec2", RECORDED[0], &json!({}));
    assert!(parsed(&unnamed).expect_err("it is wrong").contains("eventName"));
}
