use jiff::{SignedDuration, Timestamp};
use larder_history::{
    CostOfDay, CostOfMonth, CountOfInstances, KnownCosts, Mover, Period, SnapshotWithoutVolume, StoppedInstance,
};
use serde_json::{Map, Value, json};

use super::parameter::next_month;
use crate::costs::text_of;
use crate::inventory::seconds_of;

type Row = Map<String, Value>;

pub(super) fn month(cost: &CostOfMonth, known: &[KnownCosts]) -> Row {
    let CostOfMonth { month, account, service, currency, unblended, amortised } = cost;
    let has_all = |days: &Period| days.from <= *month && next_month(*month) <= days.to;
    let is_complete = known.iter().any(|known| known.account == *account && has_all(&known.days));
    row(json!({
        "month": month.to_string(),
        "accountId": account,
        "service": service,
        "currency": currency,
        "unblended": text_of(unblended),
        "amortised": text_of(amortised),
        "complete": is_complete,
    }))
}

pub(super) fn day(cost: &CostOfDay) -> Row {
    let CostOfDay { day, service, currency, unblended, amortised } = cost;
    row(json!({
        "day": day.to_string(),
        "service": service,
        "currency": currency,
        "unblended": text_of(unblended),
        "amortised": text_of(amortised),
    }))
}

pub(super) fn mover(mover: &Mover) -> Row {
    let Mover { account, service, currency, cost, before, through } = mover;
    row(json!({
        "accountId": account,
        "service": service,
        "currency": currency,
        "cost": text_of(cost),
        "before": text_of(before),
        "change": text_of(&(cost - before)),
        "through": through.to_string(),
        "complete": *through == through.last_of_month(),
    }))
}

pub(super) fn count(count: &CountOfInstances) -> Row {
    let CountOfInstances { at, value, count } = count;
    row(json!({"at": seconds_of(*at), "value": value, "count": count}))
}

pub(super) fn snapshot(snapshot: &SnapshotWithoutVolume) -> Row {
    let SnapshotWithoutVolume { account, region, snapshot_id, volume_id, volume_size, start_time } = snapshot;
    row(json!({
        "accountId": account,
        "region": region,
        "snapshotId": snapshot_id,
        "volumeId": volume_id,
        "volumeSize": volume_size,
        "startTime": start_time.map(seconds_of),
    }))
}

pub(super) fn stopped(instance: &StoppedInstance, now: Timestamp) -> Row {
    let StoppedInstance { account, region, instance_id, name, stopped_since, told_by_aws } = instance;
    let days = now.duration_since(*stopped_since).max(SignedDuration::ZERO).as_hours() / 24;
    row(json!({
        "accountId": account,
        "region": region,
        "instanceId": instance_id,
        "name": name,
        "stoppedSince": seconds_of(*stopped_since),
        "days": days,
        "toldByAws": told_by_aws,
    }))
}

fn row(object: Value) -> Row {
    match object {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}
