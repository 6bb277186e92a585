use larder_app::{Runtime, Second};

use crate::output::table_of_names;

const UNKNOWN: &str = "unknown";

/// A table; the bounds where they differ.
pub(super) fn for_people<'a>(answers: impl IntoIterator<Item = &'a Runtime>) -> String {
    let mut table = table_of_names(&["SERVER", "ACCOUNT", "REGION", "MONTH", "MINUTES", "QUALITY", "FROM", "TO"]);
    for answer in answers {
        let server = &answer.server;
        table.add_row([
            server.instance_id.clone(),
            text(server.account_id.as_ref()),
            text(server.region.as_ref()),
            answer.month.to_string(),
            minutes(answer),
            answer.quality.to_string(),
            answer.window_from.to_string(),
            answer.window_to.to_string(),
        ]);
    }
    table.to_string()
}

fn minutes(answer: &Runtime) -> String {
    match (answer.lower_minutes, answer.upper_minutes) {
        (Some(lower), Some(upper)) if lower == upper => format!("{lower:.2}"),
        (Some(lower), Some(upper)) => format!("{lower:.2} to {upper:.2}"),
        _ => UNKNOWN.to_owned(),
    }
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| UNKNOWN.to_owned())
}

/// A line of names, then a line each, by RFC 4180, with when the answer was worked out, if it was kept; what is unknown is
/// empty.
///
/// # Errors
/// None in memory.
pub(super) fn for_csv<'a>(answers: impl IntoIterator<Item = (&'a Runtime, Option<Second>)>) -> anyhow::Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "instanceId",
        "accountId",
        "region",
        "month",
        "minutes",
        "lowerMinutes",
        "upperMinutes",
        "quality",
        "approximateEndpoints",
        "billedSeconds",
        "windowFrom",
        "windowTo",
        "asOf",
        "sourceWatermark",
        "timestamp",
    ])?;
    for (answer, timestamp) in answers {
        let time = |time: Option<Second>| time.map(|time| time.to_string()).unwrap_or_default();
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        csv.write_record([
            answer.server.instance_id.clone(),
            answer.server.account_id.clone().unwrap_or_default(),
            answer.server.region.clone().unwrap_or_default(),
            answer.month.to_string(),
            number(answer.minutes),
            number(answer.lower_minutes),
            number(answer.upper_minutes),
            answer.quality.to_string(),
            answer.approximate_endpoints.to_string(),
            answer.billed_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
            answer.window_from.to_string(),
            answer.window_to.to_string(),
            answer.as_of.to_string(),
            time(answer.source_watermark),
            time(timestamp),
        ])?;
    }
    Ok(String::from_utf8(csv.into_inner()?)?.trim_end().to_owned())
}
