use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_runtime::{Answer, Quality, Second, Server};

use crate::runtime::KeptAnswer;

const MINUTES: &str = "runningMinutesCache";
const TIMESTAMP: &str = "runningMinutesCacheTimestamp";
pub(super) const MONTH: &str = "runningMinutesMonth";
const LOWER: &str = "runningMinutesLower";
const UPPER: &str = "runningMinutesUpper";
pub(super) const QUALITY: &str = "runningMinutesQuality";
const APPROXIMATE_ENDPOINTS: &str = "runningMinutesApproximateEndpoints";
const BILLED_SECONDS: &str = "runningMinutesBilledSeconds";
pub(super) const AS_OF: &str = "runningMinutesAsOf";
const WINDOW_FROM: &str = "runningMinutesWindowFrom";
const WINDOW_TO: &str = "runningMinutesWindowTo";
const SOURCE_WATERMARK: &str = "runningMinutesSourceWatermark";
const ACCOUNT_ID: &str = "runningMinutesAccountId";
const REGION: &str = "runningMinutesRegion";

type Attributes = HashMap<String, AttributeValue>;

/// All that we set. What is unknown is null, so that nothing of an earlier answer is left.
pub(super) fn attributes_of(kept: &KeptAnswer) -> Vec<(&'static str, AttributeValue)> {
    let KeptAnswer { answer, timestamp } = kept;
    let number = |number: Option<String>| number.map_or(AttributeValue::Null(true), AttributeValue::N);
    let text = |text: Option<String>| text.map_or(AttributeValue::Null(true), AttributeValue::S);
    let minutes = |minutes: Option<f64>| number(minutes.map(|minutes| minutes.to_string()));
    let moment = |moment: Second| text(Some(moment.to_string()));
    vec![
        (MINUTES, minutes(answer.minutes)),
        (TIMESTAMP, text(timestamp.map(|timestamp| timestamp.to_string()))),
        (MONTH, text(Some(answer.month.to_string()))),
        (LOWER, minutes(answer.lower_minutes)),
        (UPPER, minutes(answer.upper_minutes)),
        (QUALITY, text(Some(answer.quality.to_string()))),
        (APPROXIMATE_ENDPOINTS, number(Some(answer.approximate_endpoints.to_string()))),
        (BILLED_SECONDS, number(answer.billed_seconds.map(|seconds| seconds.to_string()))),
        (AS_OF, moment(answer.as_of)),
        (WINDOW_FROM, moment(answer.window_from)),
        (WINDOW_TO, moment(answer.window_to)),
        (SOURCE_WATERMARK, text(answer.source_watermark.map(|watermark| watermark.to_string()))),
        (ACCOUNT_ID, text(answer.server.account_id.clone())),
        (REGION, text(answer.server.region.clone())),
    ]
}

/// `None` for an item beside which we never kept anything.
pub(super) fn kept_of(item: &Attributes) -> Option<KeptAnswer> {
    let server =
        Server { instance_id: read(item, super::ID)?, account_id: read(item, ACCOUNT_ID), region: read(item, REGION) };
    let quality: String = read(item, QUALITY)?;
    let answer = Answer {
        server,
        month: read(item, MONTH)?,
        minutes: read(item, MINUTES),
        lower_minutes: read(item, LOWER),
        upper_minutes: read(item, UPPER),
        quality: Quality::ALL.into_iter().find(|it| it.name() == quality)?,
        approximate_endpoints: read(item, APPROXIMATE_ENDPOINTS)?,
        billed_seconds: read(item, BILLED_SECONDS),
        as_of: read(item, AS_OF)?,
        window_from: read(item, WINDOW_FROM)?,
        window_to: read(item, WINDOW_TO)?,
        source_watermark: read(item, SOURCE_WATERMARK),
    };
    Some(KeptAnswer { answer, timestamp: read(item, TIMESTAMP) })
}

fn read<T: FromStr>(item: &Attributes, name: &str) -> Option<T> {
    match item.get(name)? {
        AttributeValue::S(text) | AttributeValue::N(text) => text.parse().ok(),
        _ => None,
    }
}
