use larder_standin::{Fault, FaultKind};
use larder_tests::{Program, RuntimeEmulator, http_event, wait_until};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, administrator, borrowed, http_reply};

const SUBNETS: &str = "/ec2/subnets?region=us-east-1&accountId=111122223333&limit=1";

/// The lines of a log that are JSON, once one of them says that.
async fn lines(log: impl Fn() -> Vec<String>, message: &str) -> Vec<Value> {
    let all = async || {
        let lines: Vec<Value> = log().iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(lines.iter().any(|line| line["message"] == message).then_some(lines))
    };
    wait_until(message, all).await.expect("it is logged")
}

/// The value of a field of the spans that a line was written in.
fn in_spans<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    line["spans"].as_array()?.iter().find_map(|span| span[field].as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_api_and_its_answer_too() {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table)];
    let binary = Program::path("query-handler").expect("it is built");
    let env = cloud.env(FIRST, &more);
    let function = RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts");
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::Throttled));
    let mut event = http_event("GET", SUBNETS, &[], None, Some(&administrator()));
    event["requestContext"]["requestId"] = json!("JKJaXmPLvHcESHA=");
    let reply = http_reply(&function.invoke(&event).await.expect("an answer"));
    assert_eq!((reply.status, reply.code().as_str()), (503, "UPSTREAM_THROTTLED"));
    assert_eq!(reply.headers.get("x-request-id").map(String::as_str), Some("JKJaXmPLvHcESHA="));
    assert_eq!(reply.json()["requestId"], "JKJaXmPLvHcESHA=");
    assert_eq!(reply.headers["content-length"], reply.text.len().to_string());

    let lines = lines(|| function.log(), "a request was answered").await;
    let of_request: Vec<_> = lines.iter().filter(|line| line["spans"].is_array()).collect();
    let messages: Vec<_> = of_request.iter().filter_map(|line| line["message"].as_str()).collect();
    assert!(messages.contains(&"a fetch failed"), "{messages:?}");
    let invocation = in_spans(of_request[0], "invocation_id").expect("Lambda's own id");
    for line in &of_request {
        assert_eq!(in_spans(line, "request_id"), Some("JKJaXmPLvHcESHA="), "{line}");
        assert_eq!(in_spans(line, "invocation_id"), Some(invocation), "{line}");
    }
    let told = lines.iter().filter(|line| line["message"] == "a request was answered").collect::<Vec<_>>();
    let [line] = told[..] else { panic!("one line for each request: {told:?}") };
    let said = ["method", "route", "status", "region", "account"].map(|field| &line[field]);
    assert_eq!(said.map(Value::to_string), ["\"GET\"", "\"/ec2/subnets\"", "503", "\"us-east-1\"", "\"111122223333\""]);
    assert!(line["ms"].is_f64() && !line.to_string().contains("limit"), "{line}");
}

/// Where nothing is logged but what goes wrong.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_failure_too_that_is_all_that_is_logged() {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table), ("LOG_LEVEL", "warn")];
    let function = Program::path("query-handler").expect("it is built");
    let function = RuntimeEmulator::start(&function, &borrowed(&cloud.env(FIRST, &more))).await.expect("it starts");
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::Throttled));
    let mut event = http_event("GET", SUBNETS, &[], None, Some(&administrator()));
    event["requestContext"]["requestId"] = json!("JKJaXmPLvHcESHA=");
    function.invoke(&event).await.expect("an answer");
    let lines = lines(|| function.log(), "a fetch failed").await;
    let line = lines.iter().find(|line| line["message"] == "a fetch failed").expect("it is logged");
    assert_eq!(in_spans(line, "request_id"), Some("JKJaXmPLvHcESHA="), "{line}");
    assert!(in_spans(line, "invocation_id").is_some(), "{line}");
    assert!(lines.iter().all(|line| line["message"] != "a request was answered"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_direct_invocation_which_has_one_line() {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table)];
    let binary = Program::path("cache-invalidator").expect("it is built");
    let env = cloud.env(FIRST, &more);
    let function = RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts");
    function.invoke(&json!({})).await.expect("an answer");
    function.invoke(&json!({"dataType": "ec2-subnet"})).await.expect("an answer");
    let lines = lines(|| function.log(), "an invocation failed").await;
    let answered: Vec<_> = lines.iter().filter(|line| line["message"] == "an invocation was answered").collect();
    let failed: Vec<_> = lines.iter().filter(|line| line["message"] == "an invocation failed").collect();
    assert_eq!((answered.len(), failed.len()), (1, 1));
    assert_eq!(failed[0]["code"], "UNKNOWN_DATA_TYPE");
    let ids = [answered[0], failed[0]].map(|line| in_spans(line, "invocation_id").expect("Lambda's id"));
    assert_ne!(ids[0], ids[1]);
    let invalidated = lines.iter().find(|line| line["message"] == "invalidated").expect("it is logged");
    assert_eq!(in_spans(invalidated, "invocation_id"), Some(ids[0]));
}

/// A client can't choose it: two requests must not have one. On a terminal lines of requests are for who asks for them.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_laptops_server_which_gives_each_its_own() {
    let cloud = Cloud::start().await;
    for (level, shown) in [("info", 0), ("debug", 2)] {
        let door = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[("LOG_LEVEL", level)])).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            let refused = door.send("GET", "/elsewhere", &[("x-request-id", "chosen")], None).await;
            let id = refused.headers["x-request-id"].clone();
            assert_eq!((refused.status, &refused.json()["requestId"]), (404, &json!(id)));
            ids.push(id);
        }
        assert!(ids[0] != ids[1] && !ids.contains(&"chosen".to_owned()), "{ids:?}");
        let program = door.into_program();
        program.terminate().expect("it runs");
        let stderr = program.finish().await.expect("it ends").stderr;
        let lines: Vec<_> = stderr.lines().filter(|line| line.contains("a request was answered")).collect();
        assert_eq!(lines.len(), shown, "{stderr}");
        assert!(lines.iter().zip(&ids).all(|(line, id)| line.contains(id.as_str())), "{lines:?} {ids:?}");
    }
}
