//! The cases that RUNTIME.md comes with.

use larder_runtime::{
    Act, Changed, Coverage, Described, Evidence, Hibernation, Month, Recorded, Second, Seen, Span, timeline,
};
use serde_json::Value;

fn second(value: &Value) -> Option<Second> {
    Some(value.as_str()?.parse().expect("ISO 8601"))
}

fn recorded(event: &Value) -> Option<Evidence> {
    if event.get("errorCode").is_some() {
        return None;
    }
    let previous = || event["previousState"].as_str().expect("previousState").parse().expect("a state");
    let act = match event["eventName"].as_str().expect("eventName") {
        "RunInstances" => Act::Launch,
        "StartInstances" => Act::Start(previous()),
        "StopInstances" => Act::Stop(previous()),
        "TerminateInstances" => Act::Terminate(previous()),
        "BidEvictedEvent" => Act::Evict,
        _ => return None,
    };
    let event_id = event["eventID"].as_str().expect("eventID").to_owned();
    Some(Evidence::Recorded(Recorded { time: second(&event["eventTime"]).expect("eventTime"), act, event_id }))
}

fn described(describe: &Value) -> Described {
    let reason = describe["stateTransitionReason"].as_str().and_then(|reason| {
        let time = reason.split_once('(')?.1.strip_suffix(" GMT)")?;
        format!("{}Z", time.replace(' ', "T")).parse().ok()
    });
    let hibernates = if describe["hibernating"] == true { Hibernation::Configured } else { Hibernation::Off };
    Described {
        state: describe["state"].as_str().expect("state").parse().expect("a state"),
        launched: second(&describe["launchTime"]),
        ended: reason,
        created: None,
        hibernates,
    }
}

fn evidence(case: &Value, as_of: Second) -> Vec<Evidence> {
    let list = |name: &str| case[name].as_array().expect("a list").clone();
    let mut evidence: Vec<_> = list("cloudtrail").iter().filter_map(recorded).collect();
    for (number, event) in list("eventbridge").iter().enumerate() {
        let state = event["state"].as_str().expect("state").parse().expect("a state");
        let time = second(&event["time"]).expect("time");
        evidence.push(Evidence::Changed(Changed { time, state, event_id: format!("e{number}") }));
    }
    for sample in list("samples") {
        let instance = Some(described(&sample));
        evidence.push(Evidence::Seen(Seen { time: second(&sample["time"]).expect("time"), instance }));
    }
    match &case["describe"] {
        Value::String(text) if text == "failed" => {}
        Value::String(text) if text == "gone" => evidence.push(Evidence::Seen(Seen { time: as_of, instance: None })),
        instance => evidence.push(Evidence::Seen(Seen { time: as_of, instance: Some(described(instance)) })),
    }
    evidence
}

#[test]
fn every_case_has_its_bounds() {
    let Some(data) = larder_tests::real_data() else { return };
    let text = std::fs::read_to_string(data.with_file_name("runtime_cases.json")).expect("the cases");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(cases.len(), 36);
    let wrong: Vec<_> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong(case: &Value) -> Option<String> {
    let month: Month = case["month"].as_str().expect("month").parse().expect("a month");
    let as_of = second(&case["as_of"]).expect("as_of");
    let window = Span { from: month.span().from, to: month.span().to.min(as_of) };
    let covered = Span { from: "2025-11-01T00:00:00Z".parse().expect("ISO 8601"), to: as_of };
    let timeline = timeline(&evidence(case, as_of), &Coverage::of(covered));
    let server = larder_runtime::Server { instance_id: "i".to_owned(), account_id: None, region: None };
    let answer = larder_runtime::Answer::new(server, month, window, &timeline.totals(&window), None);
    let answer = serde_json::to_value(answer).expect("JSON");
    let expected = case["expected"].as_object().expect("expected");
    let differs = expected.iter().any(|(name, value)| answer[name] != *value);
    differs.then(|| format!("{} {}: {answer}\n  expected {expected:?}\n  {:?}", case["id"], case["name"], timeline))
}
