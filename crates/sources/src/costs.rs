use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use std::time::Duration;

use aws_sdk_costexplorer::types::{
    DateInterval, Granularity, Group, GroupDefinition, GroupDefinitionType, MetricValue, ResultByTime,
};
use bigdecimal::BigDecimal;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::PageTokens;
use crate::{Aws, Cost, FailureKind, FetchError, Scope, ScopeRule, Source, TtlPolicy};

mod window;

use window::Window;

pub(crate) const GET_COST_AND_USAGE: &str = "ce:GetCostAndUsage";
/// The most pages that three months may have; each costs $0.01.
const MAX_PAGES: usize = 200;
/// What people call the cost of a day: what the bill says of it.
const UNBLENDED: &str = "UnblendedCost";
/// The same with what was paid ahead spread over the days that it is for.
const AMORTISED: &str = "AmortizedCost";

/// The data type `costs`.
#[derive(Debug)]
pub(crate) struct Costs;

/// What an account was charged by day and service, in UTC days: of the current month and the two before it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct CostsAnswer {
    /// The first day: the first one of the month before last.
    #[schema(value_type = String)]
    from: Date,
    /// The day after the last one, which is today.
    #[schema(value_type = String)]
    to: Date,
    /// `USD`, the currency of all amounts; null if there are several, or none.
    currency: Option<String>,
    /// The costs, by day and service. A day without any is not there.
    costs: Vec<DailyCost>,
}

/// What a service cost on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) struct DailyCost {
    /// `2025-11-02`
    day: String,
    /// As AWS calls it: `Amazon Simple Storage Service`.
    service: String,
    /// `USD`
    currency: String,
    /// What was charged on that day: an exact decimal number, as AWS writes it.
    unblended: String,
    /// The same with what was paid ahead spread over the days that it is for.
    amortised: String,
    /// Whether AWS may still change it.
    estimated: bool,
}

impl Source for Costs {
    const NAME: &'static str = "costs";
    const SUMMARY: &'static str = "Costs by day and service, of three months";
    const PATH: &'static str = "/costs";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_hours(6));
    const COST: Cost = Cost::EachCall;
    const SCOPE: ScopeRule = ScopeRule::Account;
    const IAM_ACTIONS: &'static [&'static str] = &[GET_COST_AND_USAGE];

    type Answer = CostsAnswer;

    async fn fetch(aws: &Aws, _: &Scope) -> Result<CostsAnswer, FetchError> {
        let window = Window::at(aws.now())?;
        let days = every_day(aws, window).await?;
        let costs = days.into_iter().map(costs_of).collect::<Result<Vec<_>, _>>()?;
        let mut costs = costs.concat();
        costs.sort();
        let currencies: BTreeSet<_> = costs.iter().map(|cost| &cost.currency).collect();
        let currency = currencies.first().filter(|_| currencies.len() == 1).map(|currency| (*currency).clone());
        Ok(CostsAnswer { from: window.from, to: window.to, currency, costs })
    }
}

/// Every page of the window's days, so that a day may be there several times with other services.
async fn every_day(aws: &Aws, window: Window) -> Result<Vec<ResultByTime>, FetchError> {
    let period = DateInterval::builder().start(window.from.to_string()).end(window.to.to_string()).build();
    let by_service = GroupDefinition::builder().r#type(GroupDefinitionType::Dimension).key("SERVICE").build();
    let client = aws.cost_explorer();
    let request = client
        .get_cost_and_usage()
        .time_period(period.map_err(|error| malformed(error.to_string()))?)
        .granularity(Granularity::Daily)
        .metrics(UNBLENDED)
        .metrics(AMORTISED)
        .group_by(by_service);
    let (mut days, mut token) = (Vec::new(), None);
    let mut tokens = PageTokens::new(GET_COST_AND_USAGE, MAX_PAGES);
    loop {
        let page = request.clone().set_next_page_token(token).send().await;
        let page = page.map_err(|error| FetchError::from_sdk(GET_COST_AND_USAGE, &error))?;
        days.extend(page.results_by_time.into_iter().flatten());
        token = tokens.next(page.next_page_token)?;
        if token.is_none() {
            return Ok(days);
        }
    }
}

fn costs_of(day: ResultByTime) -> Result<Vec<DailyCost>, FetchError> {
    let start = day.time_period.map(|period| period.start);
    let start = start.filter(|start| !start.is_empty()).ok_or_else(|| without("a day"))?;
    if start.parse::<Date>().is_err() {
        return Err(malformed(format!("'{start}' is no day")));
    }
    let groups = day.groups.into_iter().flatten();
    groups.map(|group| cost(&start, group, day.estimated)).collect()
}

fn cost(day: &str, group: Group, estimated: bool) -> Result<DailyCost, FetchError> {
    let service = group.keys.and_then(|keys| keys.into_iter().next()).ok_or_else(|| without("a service"))?;
    let mut metrics = group.metrics.unwrap_or_default();
    let (unblended, currency) = money(&mut metrics, UNBLENDED)?;
    let (amortised, currency_of_amortised) = money(&mut metrics, AMORTISED)?;
    if currency != currency_of_amortised {
        return Err(malformed(format!("{service} is charged in {currency} and in {currency_of_amortised}")));
    }
    Ok(DailyCost { day: day.to_owned(), service, currency, unblended, amortised, estimated })
}

/// A metric's amount, as AWS wrote it, and its currency.
fn money(metrics: &mut HashMap<String, MetricValue>, name: &str) -> Result<(String, String), FetchError> {
    let metric = metrics.remove(name).ok_or_else(|| without(name))?;
    let amount = metric.amount.ok_or_else(|| without("an amount"))?;
    if BigDecimal::from_str(&amount).is_err() {
        return Err(malformed(format!("'{amount}' is no amount")));
    }
    let currency = metric.unit.filter(|unit| !unit.is_empty()).ok_or_else(|| without("a currency"))?;
    Ok((amount, currency))
}

fn without(what: &str) -> FetchError {
    FetchError::without(GET_COST_AND_USAGE, what)
}

fn malformed(message: String) -> FetchError {
    FetchError::new(FailureKind::Malformed, GET_COST_AND_USAGE, message)
}

#[cfg(test)]
mod tests;
