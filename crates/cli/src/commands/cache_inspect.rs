use larder_app::Verdict;
use serde_json::Value;

use crate::arguments::Inspect;
use crate::exit::Exit;
use crate::output::{say, say_json, table};
use crate::session::{Given, open_kept};

/// Tells what the store holds under a key.
pub(crate) async fn run(given: &Given, inspect: &Inspect) -> anyhow::Result<Exit> {
    let app = open_kept(given, &inspect.store).await?;
    let inspection = app.inspect(&inspect.key).await?;
    if given.json {
        say_json(&inspection)?;
    } else {
        let mut table = table(&["FIELD", "VALUE"]);
        add_fields(&mut table, "", &serde_json::to_value(&inspection)?);
        say(&table.to_string());
    }
    Ok(if inspection.verdict == Verdict::Absent { Exit::Nothing } else { Exit::Done })
}

/// A row for each field, those of an object under its name.
fn add_fields(table: &mut comfy_table::Table, under: &str, value: &Value) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let name = format!("{under}{name}");
        match value {
            Value::Null => {}
            Value::Object(_) => add_fields(table, &format!("{name}."), value),
            Value::String(text) => {
                table.add_row([&name, text]);
            }
            other => {
                table.add_row([name, other.to_string()]);
            }
        }
    }
}
