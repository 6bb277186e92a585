use serde_json::Value;

use super::template::Template;

/// A metric that somebody watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    /// The alarm's name, or the graph's title.
    pub(super) who: String,
    pub(super) namespace: String,
    pub(super) metric: String,
    /// Names and values; a value is `*` where all are watched.
    pub(super) dimensions: Vec<(String, String)>,
    pub(super) statistic: String,
    pub(super) unit: Option<String>,
}

pub(super) fn watched_by_alarms(template: &Template) -> Vec<Watched> {
    let alarms = template.of_type("AWS::CloudWatch::Alarm").map(|(_, alarm)| {
        let dimensions = alarm["Dimensions"].as_array().into_iter().flatten();
        assert!(alarm["Metrics"].is_null(), "one metric each: {alarm}");
        Watched {
            who: text(&alarm["AlarmName"]),
            namespace: text(&alarm["Namespace"]),
            metric: text(&alarm["MetricName"]),
            dimensions: dimensions.map(|it| (text(&it["Name"]), text(&it["Value"]))).collect(),
            statistic: text(&alarm["Statistic"]),
            unit: alarm["Unit"].as_str().map(str::to_owned),
        }
    });
    alarms.collect()
}

/// The dashboard's graphs. Its list of alarms has each there is.
pub(super) fn watched_by_the_dashboard(template: &Template) -> Vec<Watched> {
    let body = text(&template.properties("Dashboard")["DashboardBody"]);
    let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    let widgets = body["widgets"].as_array().expect("widgets");
    let listed: Vec<_> =
        widgets.iter().flat_map(|widget| widget["properties"]["alarms"].as_array()).flatten().collect();
    let alarms = template.of_type("AWS::CloudWatch::Alarm").map(|(name, _)| format!("${{{name}.Arn}}"));
    let mut alarms: Vec<_> = alarms.collect();
    alarms.sort();
    let mut listed: Vec<_> = listed.into_iter().map(text).collect();
    listed.sort();
    assert_eq!(listed, alarms);
    widgets.iter().map(|widget| &widget["properties"]).flat_map(of_widget).collect()
}

fn of_widget(properties: &Value) -> Vec<Watched> {
    let lines = properties["metrics"].as_array().into_iter().flatten();
    lines.map(|line| of_line(properties, line.as_array().expect("a list"))).collect()
}

/// `[namespace, metric, dimension, value, …, {options}]`, or one object with a search.
fn of_line(properties: &Value, line: &[Value]) -> Watched {
    let (options, texts): (Vec<_>, Vec<_>) = line.iter().partition(|part| part.is_object());
    let option = |name: &str| options.iter().find_map(|options| options[name].as_str()).map(str::to_owned);
    let who = text(&properties["title"]);
    if let Some(search) = option("expression") {
        return of_search(who, &search);
    }
    let texts: Vec<_> = texts.into_iter().map(text).collect();
    let [namespace, metric, dimensions @ ..] = &texts[..] else { panic!("{line:?} is no metric") };
    let dimensions = dimensions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    let statistic = option("stat").unwrap_or_else(|| text(&properties["stat"]));
    Watched { who, namespace: namespace.clone(), metric: metric.clone(), dimensions, statistic, unit: None }
}

/// `SEARCH('{"namespace",dimension,…} MetricName="metric"', 'statistic', period)`; the namespace may have a `-`.
fn of_search(who: String, search: &str) -> Watched {
    let parts = || {
        let (schema, rest) = search.strip_prefix("SEARCH('{")?.split_once("} MetricName=\"")?;
        let (metric, rest) = rest.split_once("\"', '")?;
        let (statistic, _period) = rest.split_once("', ")?;
        let (namespace, dimensions) = schema.strip_prefix('"')?.split_once("\",")?;
        let dimensions = dimensions.split(',').map(|name| (name.to_owned(), "*".to_owned())).collect();
        Some((namespace.to_owned(), metric.to_owned(), dimensions, statistic.to_owned()))
    };
    let (namespace, metric, dimensions, statistic) = parts().unwrap_or_else(|| panic!("{search} is no search"));
    Watched { who, namespace, metric, dimensions, statistic, unit: None }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
