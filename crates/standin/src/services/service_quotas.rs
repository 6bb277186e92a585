use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fleet::Quota;
use crate::operations::Call;
use crate::paging::page;
use crate::wire::AwsError;

/// Service Quotas' own limit of `MaxResults`, and its default.
const PAGE_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    service_code: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetInput {
    service_code: String,
    quota_code: String,
}

/// Applied values belong to an account, defaults to nobody.
#[derive(Clone, Copy)]
enum Level {
    Applied,
    Default,
}

pub(crate) fn list_applied(call: &Call, input: Value) -> Result<Value, AwsError> {
    list(call, input, Level::Applied)
}

pub(crate) fn list_defaults(call: &Call, input: Value) -> Result<Value, AwsError> {
    list(call, input, Level::Default)
}

pub(crate) fn get_applied(call: &Call, input: Value) -> Result<Value, AwsError> {
    get(call, input, Level::Applied)
}

pub(crate) fn get_default(call: &Call, input: Value) -> Result<Value, AwsError> {
    get(call, input, Level::Default)
}

fn list(call: &Call, input: Value, level: Level) -> Result<Value, AwsError> {
    let input: ListInput = parse(input)?;
    let quotas = quotas(call, &input.service_code, level)?;
    let size = match input.max_results {
        None => PAGE_MAX,
        Some(asked) => usize::try_from(asked).ok().filter(|size| (1..=PAGE_MAX).contains(size)).ok_or_else(|| {
            let message = format!("MaxResults must be between 1 and {PAGE_MAX}.");
            AwsError::new(400, "IllegalArgumentException", message)
        })?,
    };
    let page = page(&quotas, call, input.next_token.as_deref(), size)
        .map_err(|_| AwsError::new(400, "InvalidPaginationTokenException", "Invalid token was used."))?;
    let rows: Vec<Value> = page.items.iter().map(|it| row(call, it, level)).collect();
    let mut answer = json!({ "Quotas": rows });
    if let Some(next) = page.next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

fn get(call: &Call, input: Value, level: Level) -> Result<Value, AwsError> {
    let input: GetInput = parse(input)?;
    let quotas = quotas(call, &input.service_code, level)?;
    let quota = quotas.iter().find(|quota| quota.code == input.quota_code);
    let quota = quota.ok_or_else(|| {
        let message = format!("The request failed because the quota {} does not exist.", input.quota_code);
        AwsError::new(400, "NoSuchResourceException", message)
    })?;
    Ok(json!({ "Quota": row(call, quota, level) }))
}

fn quotas(call: &Call, service: &str, level: Level) -> Result<Vec<Quota>, AwsError> {
    match (service, level) {
        ("drs", Level::Applied) => Ok(call.fleet.quotas(call.account.id(), call.region)),
        ("drs", Level::Default) => Ok(call.fleet.default_quotas().to_vec()),
        _ => {
            let message = format!("The request failed because the service {service} does not exist.");
            Err(AwsError::new(400, "NoSuchResourceException", message))
        }
    }
}

fn row(call: &Call, quota: &Quota, level: Level) -> Value {
    let owner = match level {
        Level::Applied => call.account.id().as_str(),
        Level::Default => "",
    };
    let region = call.region;
    let mut row = json!({
        "ServiceCode": "drs",
        "ServiceName": "AWS Elastic Disaster Recovery",
        "QuotaArn": format!("arn:aws:servicequotas:{region}:{owner}:drs/{}", quota.code),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": quota.value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": false,
    });
    if matches!(level, Level::Applied) {
        row["QuotaAppliedAtLevel"] = "ACCOUNT".into();
    }
    row
}

fn parse<T: DeserializeOwned>(input: Value) -> Result<T, AwsError> {
    serde_json::from_value(input).map_err(|error| AwsError::new(400, "IllegalArgumentException", error.to_string()))
}
