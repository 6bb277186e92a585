use super::watched::Watched;

/// What AWS documents of a metric: its namespace and name, the dimensions that it is told by, and the statistics that say
/// something of it.
type Documented = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html> and
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
const DOCUMENTED: &[Documented] = &[
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits", &["TableName"], &["Sum"]),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", &["TableName"], &["Sum"]),
    ("AWS/DynamoDB", "ReadThrottleEvents", &["TableName"], &["Sum"]),
    ("AWS/DynamoDB", "WriteThrottleEvents", &["TableName"], &["Sum"]),
    ("AWS/DynamoDB", "WriteThrottleEvents", &["TableName", "GlobalSecondaryIndexName"], &["Sum"]),
    ("AWS/Lambda", "Duration", &["FunctionName"], &["Average", "Maximum", "p99"]),
    ("AWS/Lambda", "Errors", &["FunctionName"], &["Sum"]),
    ("AWS/Lambda", "Invocations", &["FunctionName"], &["Sum"]),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", &["QueueName"], &["Maximum"]),
];

/// Which of the template's parameters may be the value of a dimension.
const VALUES: &[(&str, &[&str])] = &[
    ("TableName", &["CacheTableName", "RuntimeTableName", "ServersTableName", "AccountsTableName"]),
    ("GlobalSecondaryIndexName", &["dataType-createdAt-index"]),
    (
        "FunctionName",
        &["QueryHandlerName", "CacheInvalidatorName", "RuntimeCalculatorName", "EventResponderName", "CacheWarmerName"],
    ),
    ("QueueName", &["DeadLetterQueueName", "LostEventsQueueName"]),
];

/// Why AWS would never tell of this, if so.
pub(super) fn why_not(watched: &Watched) -> Option<String> {
    let names: Vec<_> = watched.dimensions.iter().map(|(name, _)| &**name).collect();
    let is_this = |(namespace, metric, dimensions, statistics): &&Documented| {
        *namespace == watched.namespace
            && *metric == watched.metric
            && *dimensions == names
            && statistics.contains(&&*watched.statistic)
    };
    if !DOCUMENTED.iter().any(|documented| is_this(&documented)) {
        return Some("AWS has no such metric by those dimensions, or not that statistic".to_owned());
    }
    let is_wrong = |name: &str, value: &str| {
        VALUES.iter().find(|(of, _)| *of == name).is_none_or(|(_, values)| !values.contains(&value))
    };
    let wrong = watched.dimensions.iter().find(|(name, value)| is_wrong(name, value));
    wrong.map(|(name, value)| format!("{value} is no {name}"))
}
