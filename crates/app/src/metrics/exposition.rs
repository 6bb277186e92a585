use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit as OfficialUnit};

use super::measured::Of;
use super::table::{METRICS, Metric, Statistic, Unit};
use super::tally::{Tally, Total};

/// What [`exposition`] writes, as `Content-Type` names it.
pub const EXPOSITION: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics in the text format that Prometheus reads (<https://prometheus.io/docs/specs/om/open_metrics_spec/>). A
/// `CacheLatency` by data type is `larder_cache_latency_seconds{data_type="..."}`; what CloudWatch has by layer besides
/// has a name of its own, `..._by_layer`, since Prometheus adds up what shares a name.
///
/// # Errors
/// None of its own: a `String` takes everything.
pub fn exposition(tally: Tally) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(tally));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

impl Collector for Tally {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        for metric in METRICS {
            for (name, is_here) in families(metric) {
                let totals: Vec<_> = self.of(metric).filter(|(of, _)| is_here(of)).collect();
                if totals.is_empty() {
                    continue;
                }
                // A name says its unit once.
                let unit = unit(metric.unit).filter(|unit| !name.ends_with(unit.as_str()));
                let kind = kind(metric);
                let mut family = encoder.encode_descriptor(&name, metric.help, unit.as_ref(), kind)?;
                for (of, total) in totals {
                    match labels(of) {
                        labels if labels.is_empty() => put(&mut family, metric, total)?,
                        labels => put(&mut family.encode_family(&labels)?, metric, total)?,
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a family has what is of that.
type IsHere = fn(&Of) -> bool;

/// The names of a metric, each with what it is told of.
fn families(metric: &Metric) -> [(String, IsHere); 2] {
    let name = format!("larder_{}", snake_case(metric.name));
    let by_layer = format!("{name}_by_layer");
    [(name, |of| !matches!(of, Of::Layer(..))), (by_layer, |of| matches!(of, Of::Layer(..)))]
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Of shares and times the sum and the number are worth knowing, whose rates divided are the mean.
fn kind(metric: &Metric) -> MetricType {
    match (metric.statistic, metric.unit) {
        (Statistic::Maximum, _) => MetricType::Gauge,
        (Statistic::Average, _) => MetricType::Histogram,
        (Statistic::Sum, _) => MetricType::Counter,
    }
}

/// Prometheus wants base units.
fn unit(unit: Unit) -> Option<OfficialUnit> {
    match unit {
        Unit::Bytes => Some(OfficialUnit::Bytes),
        Unit::Milliseconds => Some(OfficialUnit::Seconds),
        Unit::Percent => Some(OfficialUnit::Other("percent".to_owned())),
        Unit::Count | Unit::None => None,
    }
}

fn labels(of: &Of) -> Vec<(&'static str, &str)> {
    match of {
        Of::All => Vec::new(),
        Of::DataType(data_type) => vec![("data_type", data_type)],
        Of::Layer(data_type, layer) => vec![("data_type", data_type), ("layer", layer)],
    }
}

fn put(encoder: &mut MetricEncoder<'_>, metric: &Metric, total: &Total) -> fmt::Result {
    let scale = if metric.unit == Unit::Milliseconds { 1_000.0 } else { 1.0 };
    match kind(metric) {
        MetricType::Gauge => encoder.encode_gauge(&(total.last / scale)),
        MetricType::Histogram => {
            // A time is known by its mean only; of a share, the 0s are a bucket of their own.
            let zeros = (metric.unit == Unit::None).then_some((0.0, total.zeros));
            let rest = (f64::INFINITY, total.count - zeros.map_or(0, |(_, zeros)| zeros));
            let buckets: Vec<_> = zeros.into_iter().chain([rest]).collect();
            encoder.encode_histogram::<NoLabelSet>(total.sum / scale, total.count, &buckets, None)
        }
        _ => encoder.encode_counter::<NoLabelSet, _, f64>(&(total.sum / scale), None),
    }
}
