use std::time::Duration;

use aws_smithy_async::time::StaticTimeSource;
use jiff::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};

use crate::scripted_aws::{Asked, Reply, Script, scripted};
use crate::{AccountId, Aws, FailureKind, FetchError, Scope, data_type};

/// Asks as the clock says 2025-11-15, noon.
async fn fetch(script: &Script) -> Result<Value, FetchError> {
    let now: Timestamp = "2025-11-15T12:00:00Z".parse().expect("a moment");
    let config = script.signed().into_builder().time_source(StaticTimeSource::new(now.into())).build();
    let row = data_type("costs").expect("a row");
    let scope = Scope { region: None, account: AccountId::parse("111122223333") };
    let json = row.fetch(&Aws::new(config), &scope).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn page(days: &Value, token: Option<&str>) -> Reply {
    Reply::Http(200, json!({"ResultsByTime": days, "NextPageToken": token}).to_string())
}

fn day(start: &str, estimated: bool, groups: &Value) -> Value {
    json!({"TimePeriod": {"Start": start, "End": "whatever"}, "Total": {}, "Groups": groups, "Estimated": estimated})
}

fn group(service: &str, unblended: &str, amortised: &str, currency: &str) -> Value {
    json!({"Keys": [service], "Metrics": {
        "UnblendedCost": {"Amount": unblended, "Unit": currency},
        "AmortizedCost": {"Amount": amortised, "Unit": currency},
    }})
}

fn one() -> Value {
    group("Amazon Simple Storage Service", "12.3400000000", "0", "USD")
}

fn bodies(script: &Script) -> Vec<Value> {
    script.asked().iter().map(|asked| serde_json::from_str(&asked.body).expect("JSON")).collect()
}

#[tokio::test]
async fn amounts_are_the_text_that_aws_wrote_by_day_and_service_over_all_pages() {
    let script = scripted(|asked: &Asked| match asked.before {
        0 => page(
            &json!([
                day("2025-11-02", true, &json!([group("EC2 - Other", "0.0000000001", "-1.50", "USD")])),
                day("2025-11-01", false, &json!([one()])),
                day("2025-11-03", true, &json!([])),
            ]),
            Some("two"),
        ),
        1 => page(&json!([day("2025-11-02", true, &json!([one()]))]), Some("three")),
        // The last page may be empty.
        _ => page(&json!([]), Some("")),
    });
    let cost = |day: &str, service: &str, unblended: &str, amortised: &str, estimated: bool| {
        json!({"day": day, "service": service, "currency": "USD", "unblended": unblended, "amortised": amortised,
            "estimated": estimated})
    };
    let expected = json!({"from": "2025-09-01", "to": "2025-11-16", "currency": "USD", "costs": [
        cost("2025-11-01", "Amazon Simple Storage Service", "12.3400000000", "0", false),
        cost("2025-11-02", "Amazon Simple Storage Service", "12.3400000000", "0", true),
        cost("2025-11-02", "EC2 - Other", "0.0000000001", "-1.50", true),
    ]});
    assert_eq!(fetch(&script).await.expect("an answer"), expected);
    let mut asked = bodies(&script);
    let tokens: Vec<_> = asked.iter_mut().map(|body| body["NextPageToken"].take()).collect();
    assert_eq!(tokens, [Value::Null, json!("two"), json!("three")]);
    let question = json!({"TimePeriod": {"Start": "2025-09-01", "End": "2025-11-16"}, "Granularity": "DAILY",
        "Metrics": ["UnblendedCost", "AmortizedCost"], "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}]});
    for mut body in asked {
        body.as_object_mut().expect("an object").remove("NextPageToken");
        assert_eq!(body, question, "every page is of the same question");
    }
}

#[tokio::test]
async fn it_is_asked_in_the_one_region_that_has_it() {
    for (configured, host) in [
        ("eu-west-1", "https://ce.us-east-1.amazonaws.com/"),
        ("cn-north-1", "https://ce.cn-northwest-1.amazonaws.com.cn/"),
    ] {
        let script = scripted(|_| page(&json!([]), None));
        let config = script.signed().into_builder().region(aws_config::Region::new(configured)).build();
        let row = data_type("costs").expect("a row");
        let scope = Scope { region: None, account: AccountId::parse("111122223333") };
        row.fetch(&Aws::new(config), &scope).await.expect("an answer");
        assert_eq!(script.asked()[0].uri, host);
    }
}

#[rstest]
#[case::one_currency(&["EUR", "EUR"], json!("EUR"))]
#[case::several(&["EUR", "USD"], Value::Null)]
#[case::none(&[], Value::Null)]
#[tokio::test]
async fn the_currency_is_that_of_all_amounts(#[case] currencies: &'static [&str], #[case] expected: Value) {
    let script = scripted(|_| {
        let groups: Vec<_> = currencies.iter().enumerate().map(|(n, it)| group(&n.to_string(), "1", "1", it)).collect();
        page(&json!([day("2025-11-01", false, &json!(groups))]), None)
    });
    let answer = fetch(&script).await.expect("an answer");
    assert_eq!(answer["currency"], expected);
    assert_eq!(answer["costs"].as_array().map(Vec::len), Some(currencies.len()));
}

#[rstest]
#[case::no_day(|page: &mut Value| page[0]["TimePeriod"]["Start"] = json!(""))]
#[case::another_day(|page: &mut Value| page[0]["TimePeriod"]["Start"] = json!("2025-11-31"))]
#[case::no_service(|page: &mut Value| page[0]["Groups"][0]["Keys"] = json!([]))]
#[case::no_amortised(|page: &mut Value| page[0]["Groups"][0]["Metrics"]["AmortizedCost"] = Value::Null)]
#[case::no_amount(|page: &mut Value| page[0]["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = Value::Null)]
#[case::a_word(|page: &mut Value| page[0]["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = json!("much"))]
#[case::no_currency(|page: &mut Value| page[0]["Groups"][0]["Metrics"]["UnblendedCost"]["Unit"] = json!(""))]
#[case::two_currencies(|page: &mut Value| page[0]["Groups"][0]["Metrics"]["UnblendedCost"]["Unit"] = json!("EUR"))]
#[tokio::test]
async fn an_answer_that_lacks_what_it_must_have_is_malformed(#[case] spoil: fn(&mut Value)) {
    let script = scripted(move |_| {
        let mut days = json!([day("2025-11-01", false, &json!([one()]))]);
        spoil(&mut days);
        page(&days, None)
    });
    let error = fetch(&script).await.expect_err("it can't be told");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Malformed, "ce:GetCostAndUsage"));
}

#[rstest]
#[case("LimitExceededException", FailureKind::Throttled)]
#[case("AccessDeniedException", FailureKind::AccessDenied)]
#[case("DataUnavailableException", FailureKind::Rejected { code: "DataUnavailableException".to_owned() })]
#[case("ValidationException", FailureKind::Rejected { code: "ValidationException".to_owned() })]
#[tokio::test]
async fn what_aws_refuses_says_why(#[case] code: &'static str, #[case] kind: FailureKind) {
    let refusal = move || Reply::Http(400, json!({"__type": code, "Message": "because"}).to_string());
    let script = scripted(move |asked| match asked.before {
        0 => page(&json!([day("2025-11-01", false, &json!([one()]))]), Some("two")),
        _ => refusal(),
    });
    let error = fetch(&script).await.expect_err("half of the costs");
    assert_eq!((error.kind, error.message.as_str()), (kind, "because"));
}

#[tokio::test]
async fn pages_without_an_end_are_an_error_and_are_not_paid_for_ever() {
    let script = scripted(|_| page(&json!([]), Some("again")));
    assert_eq!(fetch(&script).await.expect_err("no end").kind, FailureKind::EndlessPages);
    assert_eq!(script.asked().len(), 2);
    let script = scripted(|asked: &Asked| page(&json!([]), Some(&asked.before.to_string())));
    assert_eq!(fetch(&script).await.expect_err("no end").kind, FailureKind::EndlessPages);
    assert_eq!(script.asked().len(), super::MAX_PAGES);
}

#[test]
fn a_row_of_costs_is_never_fetched_ahead_and_kept_for_six_hours() {
    let row = data_type("costs").expect("a row");
    assert_eq!((row.cost, row.ttl.fresh), (crate::Cost::EachCall, Duration::from_hours(6)));
}
