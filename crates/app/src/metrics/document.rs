use serde_json::{Map, Value, json};

use super::measured::{Measured, Of, Repeated};
use super::table::Metric;

/// The most values that one metric may have in a document.
const MOST_VALUES: usize = 100;

/// Values as documents of CloudWatch's embedded metric format, of which each is one line of a log:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
///
/// There are several where a metric has more values than one may have. `properties` are in each, and are no dimensions.
pub(super) fn documents(
    namespace: &str,
    unix_millis: u64,
    properties: &[(&str, &str)],
    measured: &Measured,
) -> Vec<Value> {
    let values: Vec<_> = measured.values.iter().map(|(metric, values)| (*metric, one_by_one(values))).collect();
    let longest = values.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let parts = (0..longest).step_by(MOST_VALUES);
    let part = |from: usize| values.iter().map(move |(metric, values)| (*metric, part_of(values, from)));
    parts
        .map(|from| {
            let values: Vec<_> = part(from).filter(|(_, values)| !values.is_empty()).collect();
            document(namespace, unix_millis, properties, &measured.of, values)
        })
        .collect()
}

fn one_by_one(values: &[Repeated]) -> Vec<f64> {
    let times = |times| usize::try_from(times).unwrap_or(usize::MAX);
    values.iter().flat_map(|repeated| std::iter::repeat_n(repeated.value, times(repeated.times))).collect()
}

fn part_of(values: &[f64], from: usize) -> Vec<f64> {
    values.iter().skip(from).take(MOST_VALUES).copied().collect()
}

fn document(
    namespace: &str,
    unix_millis: u64,
    properties: &[(&str, &str)],
    of: &Of,
    values: Vec<(&Metric, Vec<f64>)>,
) -> Value {
    let metrics: Vec<_> =
        values.iter().map(|(metric, _)| json!({"Name": metric.name, "Unit": metric.unit.to_string()})).collect();
    let dimensions: Vec<_> = of.dimension_sets().iter().map(|set| set.names()).collect();
    let directive = json!({"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics});
    let mut document = Map::new();
    document.insert("_aws".to_owned(), json!({"Timestamp": unix_millis, "CloudWatchMetrics": [directive]}));
    let texts = properties.iter().copied().chain(of.dimensions());
    document.extend(texts.map(|(name, text)| (name.to_owned(), Value::from(text))));
    document.extend(values.into_iter().map(|(metric, values)| (metric.name.to_owned(), one_or_all(values))));
    Value::Object(document)
}

fn one_or_all(values: Vec<f64>) -> Value {
    match values[..] {
        [value] => Value::from(value),
        _ => Value::from(values),
    }
}
