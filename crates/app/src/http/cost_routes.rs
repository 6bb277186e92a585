use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Uri};

use super::answer::{Told, respond};
use super::cache_control::directives;
use super::parameters::Parameters;
use crate::costs::{AskedCosts, CostAnswer, Granularity, GroupBy, METRICS_OF_COSTS, chosen, period_of_texts};
use crate::problem::{Code, Problem};
use crate::{App, Principal};

const PARAMETERS: &[&str] = &["accountId", "from", "to", "granularity", "groupBy", "metric"];

/// What accounts cost, as series for a chart: the last three months from the cache or AWS, the time before from the
/// history, and all of it from the history while AWS is out of reach. Amounts are exact decimal numbers; null is unknown.
#[utoipa::path(
    get,
    path = "/api/cost-data",
    operation_id = "cost-data",
    tag = "costs",
    params(
        ("accountId" = Option<String>, Query, description = "Accounts with commas between them; all that the caller may see where absent"),
        ("from" = Option<String>, Query, description = "The first day; goes with to. The last three months where absent"),
        ("to" = Option<String>, Query, description = "The day after the last"),
        ("granularity" = Option<String>, Query, description = "What one amount is the sum of: day or month"),
        ("groupBy" = Option<String>, Query, description = "What one series is about: service or account"),
        ("metric" = Option<String>, Query, description = "unblended as billed, amortised over the days that it is for"),
    ),
    responses(
        (status = 200, description = "The series.", body = CostAnswer),
        (status = 304, description = "The answer has one of the tags in If-None-Match."),
    )
)]
pub(super) async fn costs(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(&uri, PARAMETERS)?;
    let asked = AskedCosts {
        accounts: parameters.get("accountId"),
        period: period_of_texts(parameters.get("from"), parameters.get("to"))?,
        granularity: chosen("granularity", parameters.get("granularity"), &Granularity::WORDS)?,
        group_by: chosen("groupBy", parameters.get("groupBy"), &GroupBy::WORDS)?,
        metric: chosen("metric", parameters.get("metric"), &METRICS_OF_COSTS)?,
    };
    let answer = app.costs().ask(&principal, &asked, &directives(&headers)).await?;
    let body = serde_json::to_vec(&answer)
        .map_err(|error| Problem::new(Code::Internal, format!("The costs can't be written as JSON: {error}.")))?;
    let told = Told {
        etag: answer.etag().map(str::to_owned),
        age: answer.age(),
        cache_status: None,
        if_too_large: " Ask for fewer days or accounts, or by month.",
    };
    Ok(respond(&headers, told, Bytes::from(body)))
}
