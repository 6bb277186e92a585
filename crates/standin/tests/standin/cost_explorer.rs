use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use larder_standin::{Config, Costs};
use serde_json::{Value, json};

use crate::ask::Asker;

/// Inputs that are refused on 2025-11-19, each with the code.
pub(crate) const REFUSED: [(&str, &str); 8] = [
    (
        r#"{ "TimePeriod": { "Start": "2025-11-02", "End": "2025-11-02" }, "Granularity": "DAILY",
             "Metrics": ["UnblendedCost"] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-02", "End": "2025-12-02" }, "Granularity": "DAILY",
             "Metrics": ["UnblendedCost"] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2024-08-31", "End": "2025-11-02" }, "Granularity": "MONTHLY",
             "Metrics": ["UnblendedCost"] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-20", "End": "2025-11-21" }, "Granularity": "DAILY",
             "Metrics": ["UnblendedCost"] }"#,
        "DataUnavailableException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-01", "End": "2025-11-02" }, "Granularity": "DAILY",
             "Metrics": [] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-01", "End": "2025-11-02" }, "Granularity": "DAILY",
             "Metrics": ["Smiles"] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-01", "End": "2025-11-02" }, "Granularity": "DAILY",
             "Metrics": ["UnblendedCost"], "GroupBy": [{ "Type": "TAG", "Key": "App" }] }"#,
        "ValidationException",
    ),
    (
        r#"{ "TimePeriod": { "Start": "2025-11-01", "End": "2025-11-02" }, "Granularity": "DAILY",
             "Metrics": ["UnblendedCost"], "NextPageToken": "garbage" }"#,
        "InvalidNextTokenException",
    ),
];

pub(crate) fn by_service() -> Value {
    json!([{ "Type": "DIMENSION", "Key": "SERVICE" }])
}

/// From the first of September to the end of 2025-11-19.
pub(crate) fn costs(granularity: &str, group_by: &Value) -> Value {
    json!({ "TimePeriod": { "Start": "2025-09-01", "End": "2025-11-20" }, "Granularity": granularity,
        "Metrics": ["UnblendedCost", "AmortizedCost"], "GroupBy": group_by })
}

/// The current month of the asker's stand-in, whenever that is.
pub(crate) fn this_month_by_service(asker: &Asker) -> Value {
    let today = asker.standin.now().to_zoned(TimeZone::UTC).date();
    let mut costs = costs("DAILY", &by_service());
    costs["TimePeriod"] = json!({ "Start": today.first_of_month(), "End": today.tomorrow().expect("a day") });
    costs
}

/// Unblended and amortised amount by day and service, of all pages, and how many pages there were.
async fn all(asker: &Asker, mut input: Value) -> (BTreeMap<(String, String), [String; 2]>, usize) {
    let (mut all, mut pages) = (BTreeMap::new(), 0);
    loop {
        let mut answer = asker.costs(input.clone()).await.ok_json();
        pages += 1;
        for result in answer["ResultsByTime"].as_array().expect("results") {
            for group in result["Groups"].as_array().expect("groups") {
                let text = |value: &Value| value.as_str().expect("text").to_owned();
                let key = (text(&result["TimePeriod"]["Start"]), text(&group["Keys"][0]));
                let amounts =
                    ["UnblendedCost", "AmortizedCost"].map(|metric| text(&group["Metrics"][metric]["Amount"]));
                assert_eq!(all.insert(key, amounts), None, "no service is twice in a day");
            }
        }
        if answer["NextPageToken"].is_null() {
            return (all, pages);
        }
        input["NextPageToken"] = answer["NextPageToken"].take();
    }
}

#[tokio::test]
async fn all_charges_come_out_page_by_page() {
    let mut asker = Asker::on_a_wednesday().await;
    for account in [0, 1] {
        asker.account = account;
        let id = asker.standin.fleet().accounts()[account].id().clone();
        let days = "2025-09-01".parse::<Date>().expect("a day").series(1.day());
        let mut expected = BTreeMap::new();
        for day in days.take(80) {
            for charge in asker.standin.costs().on(&id, day, asker.standin.now()) {
                let amounts = [charge.unblended, charge.amortised].map(|amount| amount.to_string());
                expected.insert((day.to_string(), charge.service.to_owned()), amounts);
            }
        }
        let (told, pages) = all(&asker, costs("DAILY", &by_service())).await;
        assert!(pages > 1 && told.len() > 800, "{pages} {}", told.len());
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn a_token_is_good_for_the_same_question_only_and_its_pages_are_of_one_moment() {
    let now = Some("2025-11-19T17:30:00Z".parse().expect("a moment"));
    let asker = Asker::with(Config { now, ..Config::default() }).await;
    let mut input = costs("DAILY", &by_service());
    // The last page is that of today.
    let (last, token) = loop {
        let answer = asker.costs(input.clone()).await.ok_json();
        match answer["NextPageToken"].clone() {
            Value::Null => break (answer, input["NextPageToken"].clone()),
            next => input["NextPageToken"] = next,
        }
    };
    let today = asker.any("ce").await.ok_json();
    asker.standin.advance_clock(Duration::from_mins(40));
    assert_ne!(asker.any("ce").await.ok_json(), today, "by then more of the day is known");
    assert_eq!(asker.costs(input).await.ok_json(), last);
    let mut another = costs("DAILY", &json!([]));
    another["NextPageToken"] = token;
    assert_eq!(asker.costs(another).await.error().1, "InvalidNextTokenException");
}

#[tokio::test]
async fn months_are_the_sums_of_their_days() {
    let asker = Asker::on_a_wednesday().await;
    let tenths = |amount: &Value| {
        let text = amount.as_str().expect("text");
        let (whole, places) = text.split_once('.').expect("with all its places");
        assert_eq!(places.len(), 10, "{text}");
        format!("{whole}{places}").parse::<i128>().expect("a number")
    };
    let months = asker.costs(costs("MONTHLY", &json!([]))).await.ok_json();
    let days = asker.costs(costs("DAILY", &json!([]))).await.ok_json();
    let results = |answer: &Value| answer["ResultsByTime"].as_array().expect("results").clone();
    let spans: Vec<_> = results(&months).iter().map(|month| month["TimePeriod"].clone()).collect();
    let span = |start: &str, end: &str| json!({ "Start": start, "End": end });
    let expected = [("2025-09-01", "2025-10-01"), ("2025-10-01", "2025-11-01"), ("2025-11-01", "2025-11-20")];
    assert_eq!(spans, expected.map(|(start, end)| span(start, end)));
    for month in results(&months) {
        let prefix = &month["TimePeriod"]["Start"].as_str().expect("a day")[..8];
        for metric in ["UnblendedCost", "AmortizedCost"] {
            let of = |result: &Value| tenths(&result["Total"][metric]["Amount"]);
            let of_month = |day: &&Value| day["TimePeriod"]["Start"].as_str().is_some_and(|it| it.starts_with(prefix));
            let sum: i128 = results(&days).iter().filter(of_month).map(of).sum();
            assert_eq!(of(&month), sum, "{prefix} {metric}");
        }
    }
    let estimated: Vec<_> = results(&days).iter().map(|day| day["Estimated"] == true).collect();
    assert_eq!(estimated.iter().filter(|it| **it).count(), 2, "yesterday and today");
    assert!(estimated.ends_with(&[true, true]));
}

#[tokio::test]
async fn it_is_asked_in_one_region_only() {
    let mut asker = Asker::start().await;
    asker.region = "eu-west-1";
    assert_eq!(asker.any("ce").await.error().1, "InvalidSignatureException");
}

#[tokio::test]
async fn early_on_a_day_nothing_is_known_of_it_yet() {
    let now: Timestamp = "2025-11-01T05:59:00Z".parse().expect("a moment");
    let asker = Asker::with(Config { now: Some(now), ..Config::default() }).await;
    let answer = asker.any("ce").await.ok_json();
    let zero = json!({ "Amount": "0", "Unit": "USD" });
    let expected = json!([{ "TimePeriod": { "Start": "2025-11-01", "End": "2025-11-02" }, "Groups": [],
        "Total": { "UnblendedCost": zero, "AmortizedCost": zero }, "Estimated": true }]);
    assert_eq!(answer["ResultsByTime"], expected);
    assert!(Costs::is_estimated("2025-11-01".parse().expect("a day"), now));
}
