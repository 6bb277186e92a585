use std::collections::BTreeSet;

use jiff::civil::Date;
use larder_app::DATA_TYPES;
use larder_tests::{Requests, Schemathesis};

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;
use crate::untouched::Untouched;

fn document_url(door: &Door) -> String {
    format!("http://{}/openapi.json", door.address())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_forbids_is_refused_and_reaches_nothing() {
    let untouched = Untouched::start(async |env| Door::serve(&[], env).await).await;
    let ran = Schemathesis::run(&document_url(&untouched.door), Requests::Forbidden).await.expect("it runs");
    assert!(ran.passed, "{}", ran.report);
    let failed: Vec<_> = ran.exchanged.iter().filter(|(_, status)| *status >= 500).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let refused = ran.exchanged.iter().filter(|(_, status)| *status >= 400).count();
    assert!(refused > 500, "{refused} of {} were refused", ran.exchanged.len());
    // The generator now and then breaks nothing of a question about costs, which then is asked.
    let allowed = ran.exchanged.iter().filter(|(request, status)| *status == 404 && breaks_nothing(request));
    untouched.check_but_for(&allowed.flat_map(|(request, _)| accounts(request)).collect()).await;
}

/// Whether this is a GET of /api/cost-data in which every parameter is one that the document allows.
fn breaks_nothing(request: &str) -> bool {
    let is_day = |text: &str| text.len() == 10 && text.starts_with("20") && text.parse::<Date>().is_ok();
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((_, query)) = request.split_once("/api/cost-data?").filter(|_| request.starts_with("GET ")) else {
        return false;
    };
    query.split('&').all(|pair| match pair.split_once('=') {
        Some(("accountId", ids)) => ids.split("%2C").all(is_account),
        Some(("from" | "to", day)) => is_day(day),
        Some(("granularity", word)) => ["day", "month"].contains(&word),
        Some(("groupBy", word)) => ["service", "account"].contains(&word),
        Some(("metric", word)) => ["unblended", "amortised"].contains(&word),
        _ => false,
    })
}

/// What stands for accounts in `GET http://127.0.0.1:8080/costs?accountId=111122223333`.
fn accounts(request: &str) -> impl Iterator<Item = &str> {
    request.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| digits.len() == 12)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_allows_is_answered_as_it_says() {
    let cloud = Cloud::start().await;
    let door = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[])).await;
    let ran = Schemathesis::run(&document_url(&door), Requests::Allowed).await.expect("it runs");
    assert!(ran.passed, "{}", ran.report);
    let answered = ran.exchanged.iter().filter(|(_, status)| *status == 200).map(|(request, _)| path(request));
    let answered: BTreeSet<_> = answered.collect();
    let unanswered: Vec<_> = DATA_TYPES.iter().filter(|row| !answered.contains(row.path)).collect();
    assert!(unanswered.is_empty(), "an answer of {unanswered:?} was never seen: {}", ran.report);
}

/// The path in `GET http://127.0.0.1:8080/ec2/subnets?region=us-east-1`.
fn path(request: &str) -> &str {
    let behind_host = request.splitn(4, '/').nth(3).map_or(0, |rest| request.len() - rest.len() - 1);
    request[behind_host..].split('?').next().unwrap_or_default()
}
