use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::costs::{Amount, Costs};
use crate::operations::Call;
use crate::paging::{InvalidToken, page};
use crate::snapshot::Snapshot;
use crate::wire::AwsError;

/// How many groups a page holds; who asks has no say in it.
const PAGE: usize = 500;
/// How far back Cost Explorer reaches, in months, unless more was asked for and paid.
const REACH: i32 = 14;
const CURRENCY: &str = "USD";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Input {
    time_period: TimePeriod,
    granularity: Granularity,
    metrics: Vec<Metric>,
    #[serde(default)]
    group_by: Vec<GroupBy>,
    next_page_token: Option<String>,
}

#[derive(Deserialize, Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "PascalCase")]
struct TimePeriod {
    start: Date,
    /// The day after the last one.
    end: Date,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "UPPERCASE")]
enum Granularity {
    Daily,
    Monthly,
}

/// Nobody of the fleet shares a bill or has a discount, so that some are the same.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Hash)]
enum Metric {
    #[serde(rename = "AmortizedCost")]
    Amortized,
    #[serde(rename = "BlendedCost")]
    Blended,
    #[serde(rename = "NetAmortizedCost")]
    NetAmortized,
    #[serde(rename = "NetUnblendedCost")]
    NetUnblended,
    #[serde(rename = "UnblendedCost")]
    Unblended,
}

#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GroupBy {
    r#type: GroupType,
    key: Dimension,
}

#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Hash)]
enum GroupType {
    #[serde(rename = "DIMENSION")]
    Dimension,
}

#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Hash)]
enum Dimension {
    #[serde(rename = "SERVICE")]
    Service,
}

/// What all services cost in a day or month, or one of them.
struct Row {
    period: TimePeriod,
    /// Absent where costs are not told by service, and where there are none.
    service: Option<&'static str>,
    cost: AmountsOf,
}

#[derive(Clone, Copy, Default)]
struct AmountsOf {
    unblended: Amount,
    amortised: Amount,
}

/// `GetCostAndUsage`, as the account itself sees its costs: all in one, or by service. The stand-in has no filters for
/// them, and does not tell what was used.
pub(crate) fn get_cost_and_usage(call: &Call, input: Value) -> Result<Value, AwsError> {
    let input: Input = serde_json::from_value(input).map_err(|error| validation(error.to_string()))?;
    let question = (input.time_period, input.granularity, &input.metrics, &input.group_by);
    let (snapshot, token) =
        Snapshot::of(call, input.next_page_token.as_deref(), question).map_err(|_| invalid_token())?;
    check(&input, snapshot.taken)?;
    let periods = periods(input.time_period, input.granularity);
    let rows: Vec<Row> = periods.into_iter().flat_map(|it| rows(call, it, &input.group_by, snapshot.taken)).collect();
    let page = page(&rows, call, token, PAGE).map_err(|InvalidToken| invalid_token())?;
    let results = page.items.chunk_by(|one, other| one.period == other.period);
    let results: Vec<Value> = results.map(|rows| result(&input, rows, snapshot.taken)).collect();
    let mut answer = json!({ "ResultsByTime": results, "DimensionValueAttributes": [] });
    if !input.group_by.is_empty() {
        answer["GroupDefinitions"] = json!(input.group_by);
    }
    if let Some(next) = page.next {
        answer["NextPageToken"] = snapshot.token(&next).into();
    }
    Ok(answer)
}

fn check(input: &Input, now: Timestamp) -> Result<(), AwsError> {
    let TimePeriod { start, end } = input.time_period;
    let today = now.to_zoned(TimeZone::UTC).date();
    let this_month = today.first_of_month();
    let next_month = this_month.saturating_add(1.month());
    match input {
        _ if start >= end => Err(validation("Start date (and hour) should be before end date (and hour)")),
        _ if end > next_month => Err(validation("end date past the beginning of next month")),
        _ if start < this_month.saturating_sub(REACH.months()) => {
            Err(validation(format!("You haven't enabled historical data beyond {REACH} months")))
        }
        _ if start > today => Err(AwsError::new(
            400,
            "DataUnavailableException",
            "Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might not be \
             ingested yet",
        )),
        Input { metrics, .. } if metrics.is_empty() => Err(validation("Metrics should not be empty")),
        Input { group_by, .. } if group_by.len() > 1 => Err(validation("Group by contains duplicates")),
        _ => Ok(()),
    }
}

/// The days, or the months as far as they are asked for.
fn periods(whole: TimePeriod, granularity: Granularity) -> Vec<TimePeriod> {
    let next = |start: Date| match granularity {
        Granularity::Daily => start.saturating_add(1.day()),
        Granularity::Monthly => start.first_of_month().saturating_add(1.month()),
    };
    let starts = std::iter::successors(Some(whole.start), |start| Some(next(*start)));
    let starts = starts.take_while(|start| *start < whole.end);
    starts.map(|start| TimePeriod { start, end: next(start).min(whole.end) }).collect()
}

/// One row at least, so that every period is told of.
fn rows(call: &Call, period: TimePeriod, group_by: &[GroupBy], now: Timestamp) -> Vec<Row> {
    let mut by_service = BTreeMap::<Option<&'static str>, AmountsOf>::new();
    for day in period.start.series(1.day()).take_while(|day| *day < period.end) {
        for charge in call.costs.on(call.account.id(), day, now) {
            let sum = by_service.entry((!group_by.is_empty()).then_some(charge.service)).or_default();
            sum.unblended = sum.unblended + charge.unblended;
            sum.amortised = sum.amortised + charge.amortised;
        }
    }
    if by_service.is_empty() {
        by_service.insert(None, AmountsOf::default());
    }
    by_service.into_iter().map(|(service, cost)| Row { period, service, cost }).collect()
}

fn result(input: &Input, rows: &[Row], now: Timestamp) -> Value {
    let metrics = |cost: &AmountsOf| -> Map<String, Value> {
        let metric = |metric: &Metric| {
            let amount = match metric {
                Metric::Amortized | Metric::NetAmortized => cost.amortised,
                Metric::Blended | Metric::NetUnblended | Metric::Unblended => cost.unblended,
            };
            let name = json!(metric).as_str().unwrap_or_default().to_owned();
            (name, json!({ "Amount": amount.to_string(), "Unit": CURRENCY }))
        };
        input.metrics.iter().map(metric).collect()
    };
    let groups = rows.iter().filter_map(|row| Some(json!({ "Keys": [row.service?], "Metrics": metrics(&row.cost) })));
    let groups: Vec<Value> = groups.collect();
    let total = rows.first().filter(|row| row.service.is_none()).map(|row| metrics(&row.cost));
    let period = rows.first().map(|row| row.period);
    let last = period.and_then(|period| period.end.yesterday().ok());
    json!({
        "TimePeriod": period,
        "Total": total.unwrap_or_default(),
        "Groups": groups,
        "Estimated": last.is_some_and(|last| Costs::is_estimated(last, now)),
    })
}

fn validation(message: impl Into<String>) -> AwsError {
    AwsError::new(400, "ValidationException", message)
}

fn invalid_token() -> AwsError {
    AwsError::new(400, "InvalidNextTokenException", "The pagination token is invalid. Try again without a token.")
}
