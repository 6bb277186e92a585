use std::time::Duration;

use larder_app::wiring::ambient_region;
use larder_app::{Answer, DataType, Directives, Freshness, Origin, Principal, Question, data_type_of_text};
use serde_json::{Map, Value};

use crate::arguments::Get;
use crate::exit::Exit;
use crate::output::{complain, say, seconds, table};
use crate::session::{Given, open_once};

/// Asks one question.
pub(crate) async fn run(given: &Given, get: &Get) -> anyhow::Result<Exit> {
    let data_type = data_type_of_text(&get.data_type)?;
    let app = open_once(given, &get.store).await?;
    let region = match &get.region {
        Some(region) => Some(region.clone()),
        None if data_type.scope.has_region() => ambient_region().await,
        None => None,
    };
    let question = Question { data_type, region: region.as_deref(), account: get.account.as_deref() };
    let directives = Directives { max_age: get.fresh.then_some(Duration::ZERO), ..Directives::default() };
    let answer = app.queries().ask(&Principal::local(), &question, &directives).await?;
    if given.json {
        say(&String::from_utf8_lossy(&answer.value));
    } else {
        let value = serde_json::from_slice(&answer.value)?;
        say(&for_people(data_type, &value));
    }
    complain(&whence(&answer));
    Ok(Exit::Done)
}

/// Where it came from and how old it is.
fn whence(answer: &Answer) -> String {
    let origin = match answer.origin {
        Origin::Memory => "from memory",
        Origin::Store => "from the store",
        Origin::Upstream { .. } => "from AWS",
    };
    let why = match &answer.freshness {
        Freshness::Fresh => String::new(),
        Freshness::StaleWhileRevalidate => "; past its TTL, and being refreshed".to_owned(),
        Freshness::StaleIfError(failure) => format!("; past its TTL, since AWS failed: {failure}"),
    };
    format!("{origin}, {} old{why}", seconds(answer.age.as_secs()))
}

/// A list as a table with a column for each field; anything else as a table of fields.
fn for_people(data_type: &DataType, answer: &Value) -> String {
    let list = data_type.list.and_then(|shape| Some((answer.get(shape.member)?.as_array()?, shape.id)));
    let Some((items, id)) = list else { return fields(answer) };
    let items: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
    let mut columns = vec![id];
    for name in items.iter().flat_map(|item| item.keys()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut table = table(&columns);
    for item in &items {
        table.add_row(columns.iter().map(|column| cell(item.get(*column).unwrap_or(&Value::Null))));
    }
    format!("{table}\n{} of {}", items.len(), data_type.name)
}

fn fields(answer: &Value) -> String {
    let mut table = table(&["FIELD", "VALUE"]);
    for (name, value) in answer.as_object().into_iter().flatten() {
        table.add_row([name.clone(), cell(value)]);
    }
    table.to_string()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}={}", cell(value))).collect();
            members.join("\n")
        }
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_its_id_first_and_a_column_for_every_field() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let answer = json!({"subnets": [{"subnetId": "subnet-1"}, {"cidrBlock": "10.0.0.0/8", "subnetId": "subnet-2", "tags": {"a": "b"}}]});
        let text = for_people(row, &answer);
        let header = text.lines().nth(1).expect("a header");
        assert!(header.find("subnetId") < header.find("cidrBlock"), "{text}");
        assert!(text.contains("a=b") && text.ends_with("2 of ec2-subnets"), "{text}");
    }

    #[test]
    fn what_is_unknown_is_a_dash_and_never_zero() {
        assert_eq!(cell(&Value::Null), "-");
        assert!(fields(&json!({"maxReplicatingServers": null})).contains("-"));
    }
}
