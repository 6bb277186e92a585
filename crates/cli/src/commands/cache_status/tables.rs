use jiff::Timestamp;
use larder_app::{Entry, LayerReport, Report, Stats};
use serde_json::Value;

use super::Status;
use super::held::Sum;
use crate::output::{bytes, micros, seconds, table, table_of_names};

/// What is said where the store lists no fences.
const UNSURE: &str = "This store's listing doesn't tell which entries an invalidation killed, so those within their TTL \
                      may include dead ones; larder cache inspect KEY tells.";

/// The status for people.
pub(super) fn of(status: &Status, now: Timestamp) -> String {
    let mut parts = status.url.iter().map(|url| format!("server  {url}")).collect::<Vec<_>>();
    parts.push(format!("store   {}\nhealth  {}", status.store, status.health));
    if status.reason.is_none() {
        parts.push(held(status));
    }
    if let Some(entries) = status.recent_entries.as_deref().filter(|entries| !entries.is_empty()) {
        parts.push(recent(entries, now));
    }
    parts.extend(status.process.iter().map(|process| counted(process, now)));
    parts.join("\n")
}

fn held(status: &Status) -> String {
    if status.data_types.is_empty() {
        return "Nothing is kept.".to_owned();
    }
    let is_detailed = status.data_types.values().any(|held| held.scopes.is_some());
    let scope: &[&str] = if is_detailed { &["REGION", "ACCOUNT"] } else { &[] };
    let columns = [&["TYPE"], scope, &["ENTRIES", "WITHIN TTL", "DEAD", "SIZE", "OLDEST"]].concat();
    let mut table = table_of_names(&columns);
    for (name, held) in &status.data_types {
        match &held.scopes {
            None => table.add_row([vec![name.clone()], of_sum(&held.sum)].concat()),
            Some(scopes) => table.add_rows(scopes.iter().map(|scope| {
                let region = scope.region.clone().unwrap_or_else(|| "-".to_owned());
                [vec![name.clone(), region, scope.account_id.clone()], of_sum(&scope.sum)].concat()
            })),
        };
    }
    let unsure = status.data_types.values().any(|held| held.sum.may_be_dead > 0);
    if unsure { format!("{table}\n{UNSURE}") } else { table.to_string() }
}

fn of_sum(sum: &Sum) -> Vec<String> {
    let dead = match (sum.dead, sum.may_be_dead) {
        (0, 1..) => "?".to_owned(),
        (dead, 1..) => format!("{dead} or more"),
        (dead, 0) => dead.to_string(),
    };
    vec![sum.entries.to_string(), sum.within_ttl.to_string(), dead, bytes(sum.bytes), seconds(sum.oldest_seconds)]
}

fn recent(entries: &[Entry], now: Timestamp) -> String {
    let mut table = table(&["KEY", "AGE", "TTL LEFT", "SIZE", "USED"]);
    for entry in entries {
        let left = match between(now, entry.expires_at) {
            _ if entry.dead == Some(true) => "dead".to_owned(),
            0 => format!("none since {}", seconds(between(entry.expires_at, now))),
            left => seconds(left),
        };
        let used = entry.used_at.map_or("-".to_owned(), |used| format!("{} ago", seconds(between(used, now))));
        table.add_row([entry.key.clone(), seconds(between(entry.created_at, now)), left, bytes(entry.size), used]);
    }
    format!("The newest entries:\n{table}")
}

/// Whole seconds; none where `from` is the later one.
fn between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or_default()
}

/// What a server's process counted, a row for each layer that was asked anything.
fn counted(process: &Stats, now: Timestamp) -> String {
    let mut table =
        table(&["TYPE", "LAYER", "HITS", "MISSES", "STALE", "ERRORS", "GAVE", "MEAN", "HALF WITHIN", "99 % WITHIN"]);
    for (name, report) in &process.report.data_types {
        for (layer, report) in [("memory", &report.memory), ("store", &report.store), ("AWS", &report.upstream)] {
            if report.latency_micros.count > 0 {
                table.add_row([vec![name.clone(), layer.to_owned()], of_layer(report)].concat());
            }
        }
    }
    let since = seconds(between(process.since, now));
    let memory = bytes(process.memory_bytes);
    format!("This server since {since} ago; {memory} in memory:\n{table}{}", rare(&process.report))
}

fn of_layer(report: &LayerReport) -> Vec<String> {
    let counts = [report.hits, report.misses, report.stale, report.errors].map(|count| count.to_string());
    let latency = &report.latency_micros;
    let times = [latency.mean, latency.p50, latency.p99].map(micros);
    [&counts[..], &[bytes(report.bytes)], &times[..]].concat()
}

/// What should be rare and was not.
fn rare(report: &Report) -> String {
    let events = serde_json::to_value(&report.events).unwrap_or_default();
    let events = events.as_object().into_iter().flatten();
    let events = events.filter(|(_, count)| count.as_u64() > Some(0));
    let events: Vec<_> = events.map(|(name, count): (&String, &Value)| format!("{name} {count}")).collect();
    if events.is_empty() { String::new() } else { format!("\nEvents: {}", events.join(", ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn an_entry_tells_how_long_it_is_good_for_and_since_when_not() {
        let entry = |expires| Entry {
            key: "ec2-subnets#us-east-1#1".to_owned(),
            data_type: "ec2-subnets".to_owned(),
            region: None,
            account_id: "1".to_owned(),
            created_at: at(0),
            expires_at: at(expires),
            used_at: (expires == 100).then(|| at(40)),
            size: 2_048,
            dead: Some(expires == 99),
        };
        let text = recent(&[entry(100), entry(30), entry(99)], at(70));
        for part in ["70 s", "30 s", "none since 40 s", "2.0 KiB", "30 s ago", " dead "] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }

    #[test]
    fn what_the_listing_does_not_tell_is_no_number() {
        let sum = |dead, may_be_dead| of_sum(&Sum { dead, may_be_dead, ..Sum::default() })[2].clone();
        assert_eq!([sum(3, 0), sum(0, 2), sum(1, 2)], ["3", "?", "1 or more"]);
    }

    #[test]
    fn only_layers_that_were_asked_and_events_that_happened_have_a_place() {
        let layer = |count: u64| {
            let latency = json!({"count": count, "mean": 1_500, "p50": 85, "p99": 2_000_000});
            json!({"hits": count, "misses": 0, "stale": 0, "errors": 0, "bytes": 0, "latencyMicros": latency})
        };
        let subnets =
            json!({"memory": layer(3), "store": layer(0), "upstream": layer(1), "readUnits": 0.0, "writeUnits": 0.0});
        let stats = json!({
            "scope": "process", "since": "1970-01-01T00:00:00Z", "memoryBytes": 1_536,
            "store": {"health": "ok", "description": "memory"},
            "dataTypes": {"ec2-subnets": subnets}, "events": {"folded": 0, "collapsed": 4},
        });
        let text = counted(&serde_json::from_value(stats).expect("stats"), at(60));
        assert!(text.contains("since 60 s ago; 1.5 KiB") && text.ends_with("Events: collapsed 4"), "{text}");
        assert!(text.contains("memory") && text.contains("AWS") && !text.contains("store"), "{text}");
        assert!(text.contains("85 µs") && text.contains("1.5 ms") && text.contains("2.0 s"), "{text}");
    }
}
