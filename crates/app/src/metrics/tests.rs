use std::collections::BTreeSet;
use std::sync::Arc;

use larder_cache::{Directives, Environment};
use larder_sources::DATA_TYPES;
use serde_json::Value;

use super::document::documents;
use super::measured::{Measured, Of, Repeated};
use super::table::{CACHE_HIT, CACHE_LATENCY, CACHE_SIZE};
use super::{METRICS, MetricsLog, exposition};
use crate::runtime::CalculationReport;
use crate::test_app::{TestApp, TokioClock};
use crate::{Principal, Question};

/// What the format says of a document, as far as any of ours could break it.
fn check(document: &Value) {
    let metadata = &document["_aws"];
    assert!(metadata["Timestamp"].is_u64(), "{document}");
    for directive in metadata["CloudWatchMetrics"].as_array().expect("a list") {
        assert!((1..=1_024).contains(&text(&directive["Namespace"]).len()), "{document}");
        let sets = directive["Dimensions"].as_array().expect("a list");
        assert!(!sets.is_empty(), "{document}");
        for set in sets {
            let names = set.as_array().expect("a list");
            assert!(names.len() <= 30, "{document}");
            names
                .iter()
                .for_each(|name| assert!((1..=1_024).contains(&text(&document[text(name)]).len()), "{document}"));
        }
        let metrics = directive["Metrics"].as_array().expect("a list");
        assert!((1..=100).contains(&metrics.len()), "{document}");
        for metric in metrics {
            let row = METRICS.iter().find(|row| row.name == metric["Name"]).expect("it is in the table");
            assert_eq!(metric["Unit"], row.unit.to_string());
            let told_by = |set: &Value| row.by.iter().any(|by| serde_json::json!(by.names()) == *set);
            assert!(sets.iter().all(told_by), "{} is not told by that: {document}", row.name);
            match &document[row.name] {
                Value::Array(values) => {
                    assert!((1..=100).contains(&values.len()) && values.iter().all(Value::is_number), "{document}");
                }
                value => assert!(value.is_number(), "{document}"),
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn written(log: &MetricsLog) -> Vec<Value> {
    let mut written = Vec::new();
    log.write(&[("invocationId", "id")], &mut written).expect("memory takes it");
    let lines = String::from_utf8(written).expect("text");
    let documents: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    documents.iter().for_each(check);
    documents
}

/// All values of a metric in the documents that have just these dimensions.
fn values(documents: &[Value], metric: &str, dimensions: &[(&str, &str)]) -> Vec<f64> {
    let names: Vec<_> = dimensions.iter().map(|(name, _)| *name).collect();
    let told = documents.iter().filter(|document| {
        let sets = document["_aws"]["CloudWatchMetrics"][0]["Dimensions"].as_array().expect("a list");
        sets.contains(&serde_json::json!(names)) && dimensions.iter().all(|(name, value)| document[*name] == *value)
    });
    let of = |value: &Value| match value {
        Value::Array(values) => values.iter().filter_map(Value::as_f64).collect(),
        value => value.as_f64().into_iter().collect::<Vec<_>>(),
    };
    told.flat_map(|document| of(&document[metric])).collect()
}

fn log_of(test: &TestApp) -> MetricsLog {
    MetricsLog::new(Some("Larder/test".to_owned()), Arc::new(TokioClock::new()), Some(test.app.cache().clone()))
}

async fn ask(test: &TestApp) {
    let data_type = DATA_TYPES.iter().find(|row| row.name == SUBNETS.1).expect("it is in the table");
    let question = Question { data_type, region: Some("us-east-1"), account: None };
    test.app.queries().ask(&Principal::local(), &question, &Directives::default()).await.expect("it is answered");
}

const SUBNETS: (&str, &str) = ("DataType", "ec2-subnets");

#[tokio::test]
async fn the_average_of_cache_hit_is_the_hit_rate_by_layer_by_type_and_in_total() {
    let test = TestApp::new();
    let log = log_of(&test);
    for _ in 0..4 {
        ask(&test).await;
    }
    let documents = written(&log);
    let hits = |dimensions: &[(&str, &str)]| {
        let mut values = values(&documents, "CacheHit", dimensions);
        values.sort_by(f64::total_cmp);
        values
    };
    assert_eq!(hits(&[SUBNETS]), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(hits(&[]), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(hits(&[SUBNETS, ("Layer", "memory")]), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(hits(&[SUBNETS, ("Layer", "store")]), [0.0]);
    assert_eq!(values(&documents, "CacheLatency", &[]).len(), 4);
    assert_eq!(values(&documents, "UpstreamCalls", &[]), [1.0]);
    assert_eq!(values(&documents, "CacheEntries", &[]), [1.0]);
    assert!(values(&documents, "CacheSize", &[])[0] > 0.0);
    assert_eq!(values(&documents, "BreakerOpen", &[]), [0.0]);
}

#[tokio::test]
async fn only_what_happened_since_the_last_time_is_written() {
    let test = TestApp::new();
    ask(&test).await;
    let log = log_of(&test);
    assert_eq!(values(&written(&log), "CacheHit", &[]), [] as [f64; 0], "what was before it is not its own");
    ask(&test).await;
    assert_eq!(values(&written(&log), "CacheHit", &[]), [1.0]);
    let nothing = written(&log);
    assert_eq!(values(&nothing, "CacheHit", &[]), [] as [f64; 0]);
    assert_eq!(nothing.len(), 1, "how the cache is: {nothing:?}");
}

#[test]
fn without_a_namespace_nothing_is_written() {
    let test = TestApp::new();
    let log = MetricsLog::new(None, Arc::new(TokioClock::new()), Some(test.app.cache().clone()));
    log.note(&CalculationReport::default());
    assert_eq!(written(&log), [] as [Value; 0]);
}

#[test]
fn more_values_than_a_document_takes_are_in_several() {
    let counted = |count: u32| (0..count).map(f64::from).collect::<Vec<_>>();
    let of = |count| {
        let measured = Measured::of(Of::DataType("ec2-subnets".to_owned()));
        let values: Vec<_> = counted(count).into_iter().map(|value| Repeated { value, times: 1 }).collect();
        let measured = measured.with_repeated(&CACHE_LATENCY, &values).with(&CACHE_HIT, 1.0);
        let documents = documents("Larder/test", TokioClock::new().now().unix_millis(), &[], &measured);
        documents.iter().for_each(check);
        documents
    };
    for (count, expected) in [(1, 1), (100, 1), (101, 2), (250, 3)] {
        let documents = of(count);
        assert_eq!(documents.len(), expected);
        assert_eq!(values(&documents, "CacheLatency", &[]), counted(count));
        assert_eq!(values(&documents, "CacheHit", &[]), [1.0], "once");
    }
}

#[test]
fn a_runs_errors_are_a_share() {
    let rate = |processed, errors| {
        let report = CalculationReport { processed, errors, ..CalculationReport::default() };
        let measured = Measured::from(&report);
        let values = measured.values.into_iter().find(|(metric, _)| metric.name == "RuntimeErrorRate");
        values.expect("it is told").1[0].value
    };
    assert_eq!([rate(0, 0), rate(19, 1), rate(0, 2)], [0.0, 5.0, 100.0]);
}

/// The lines of a family, without what describes it.
fn samples(text: &str, name: &str) -> Vec<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#') && line.starts_with(name));
    samples.map(str::to_owned).collect()
}

#[tokio::test]
async fn prometheus_reads_the_same_figures_since_the_process_began() {
    let test = TestApp::new();
    for _ in 0..4 {
        ask(&test).await;
    }
    for (total_servers, errors) in [(3, 0), (4, 1)] {
        test.app.measured(&CalculationReport { total_servers, errors, ..CalculationReport::default() });
    }
    let text = exposition(test.app.tally()).expect("a text takes it");
    let of_type = r#"{data_type="ec2-subnets"}"#;
    assert_eq!(
        samples(&text, "larder_cache_hit{").len() + samples(&text, "larder_cache_hit_sum").len(),
        1,
        "a family stands there once: {text}"
    );
    for expected in [
        format!("larder_cache_hit_sum{of_type} 3.0"),
        format!("larder_cache_hit_count{of_type} 4"),
        r#"larder_cache_hit_bucket{le="0.0",data_type="ec2-subnets"} 1"#.to_owned(),
        r#"larder_cache_hit_by_layer_sum{data_type="ec2-subnets",layer="memory"} 3.0"#.to_owned(),
        format!("larder_cache_latency_seconds_count{of_type} 4"),
        format!("larder_upstream_calls_total{of_type} 1.0"),
        "larder_cache_entries 1.0".to_owned(),
        "larder_runtime_servers 4.0".to_owned(),
        "larder_runtime_error_rate_percent 100.0".to_owned(),
    ] {
        assert!(text.lines().any(|line| line == expected), "{expected} is not in\n{text}");
    }
    assert!(text.contains("# UNIT larder_cache_size_bytes bytes") && !text.contains("bytes_bytes"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn no_two_metrics_share_a_name_and_each_is_documented() {
    let names: BTreeSet<_> = METRICS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), METRICS.len());
    assert!(METRICS.iter().all(|row| !row.help.is_empty() && !row.help.ends_with('.') && !row.by.is_empty()));
    assert!(METRICS.contains(&&CACHE_SIZE));
}
