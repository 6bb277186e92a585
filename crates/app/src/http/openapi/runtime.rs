use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::runtime::PlaceProgress;

/// How long a server ran in a month.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "only its schema is used; KeptAnswer is what is told, and a test holds that both are alike"
)]
pub(in crate::http) struct ServerMinutes {
    /// Such as `i-0123456789abcdef0`.
    instance_id: String,
    /// Twelve digits.
    account_id: Option<String>,
    /// Such as `us-east-1`.
    region: Option<String>,
    /// Such as `2025-11`.
    month: String,
    /// The lower bound; null where nothing is known.
    minutes: Option<f64>,
    /// It ran for so many minutes at least.
    lower_minutes: Option<f64>,
    /// It ran for so many minutes at most.
    upper_minutes: Option<f64>,
    /// `exact`, `bounded`, or `stale`: CloudTrail could not be read, and this is an earlier answer, or none.
    #[schema(pattern = "^(exact|bounded|stale)$")]
    quality: String,
    /// How many starts and ends are timed by what comes some seconds before or after them.
    approximate_endpoints: u32,
    /// Seconds that EC2 bills at least; null where nothing is known.
    billed_seconds: Option<i64>,
    /// Until when the answer tells.
    #[schema(format = DateTime)]
    as_of: String,
    /// The first second that was asked for.
    #[schema(format = DateTime)]
    window_from: String,
    /// The one after the last.
    #[schema(format = DateTime)]
    window_to: String,
    /// Until when CloudTrail was read; null where it was not.
    #[schema(format = DateTime)]
    source_watermark: Option<String>,
    /// When it was worked out; null where that was for this very answer, or where nothing is known.
    #[schema(format = DateTime)]
    timestamp: Option<String>,
}

/// A page of the servers of a month.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used; MonthOfServers is what is told")]
pub(in crate::http) struct ServersPage {
    /// Such as `2025-11`.
    month: String,
    /// In the order of their ids.
    servers: Vec<ServerMinutes>,
    /// Where the next page begins, if there is one.
    #[schema(nullable = false)]
    next_cursor: Option<String>,
    /// The accounts and regions whose events were not read to the end yet.
    #[schema(nullable = false)]
    progress: Option<Vec<PlaceProgress>>,
}

/// What the handlers' own words can't say.
pub(super) fn say_values(document: &mut Value, regions: &[&str], limit: &Value) {
    for path in ["/runtime/servers", "/runtime/servers/{instanceId}"] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten() {
            parameter["schema"] = match parameter["name"].as_str() {
                Some("month") => json!({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}),
                Some("region") => json!({"type": "string", "enum": regions}),
                Some("accountId") => json!({"type": "string", "pattern": "^[0-9]{12}$"}),
                Some("limit") => limit.clone(),
                Some("instanceId") => json!({"type": "string", "pattern": "^i-([0-9a-f]{8}|[0-9a-f]{17})$"}),
                _ => super::cursor(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use larder_runtime::Month;
    use utoipa::PartialSchema;

    use super::*;
    use crate::runtime::{KeptAnswer, Place};

    #[test]
    fn what_is_told_has_the_fields_of_its_schema() {
        let place: Place = "111122223333#us-east-1".parse().expect("a place");
        let month: Month = "2025-11".parse().expect("a month");
        let told = KeptAnswer::unknown(place.server("i-0123456789abcdef0"), month, month.span().from);
        let told = serde_json::to_value(told).expect("JSON");
        let schema = serde_json::to_value(ServerMinutes::schema()).expect("JSON");
        let names = |of: &Value| of.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&told), names(&schema["properties"]));
    }
}
