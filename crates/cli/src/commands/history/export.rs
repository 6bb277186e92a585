use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use futures::TryStreamExt;
use larder_app::History;
use serde_json::{Map, Value};

use crate::arguments::{Export, ExportFormat};
use crate::database::{failed, open_history};
use crate::exit::Exit;
use crate::output::{complain, unwritten};
use crate::session::Given;

/// Prints every row of a table, as they come.
pub(super) async fn run(given: &Given, asked: &Export) -> anyhow::Result<Exit> {
    let (_, history) = open_history(given, &asked.database).await?;
    let to = Place::of(asked.output.as_deref())?;
    let name = to.name.clone();
    match rows(&*history, asked, to).await {
        Ok(rows) => {
            if asked.output.is_some() {
                complain(&format!("{rows} rows of {} are in {name}", asked.table));
            }
            Ok(Exit::Done)
        }
        // A reader that went away has what it wants.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| unwritten(error).is_ok()) => Ok(Exit::Done),
        Err(error) => Err(error.context(format!("{name} is not whole"))),
    }
}

/// Where rows go.
struct Place {
    name: String,
    writer: Box<dyn Write + Send>,
}

impl Place {
    fn of(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = file else {
            return Ok(Self { name: "what was printed".to_owned(), writer: Box::new(io::stdout()) });
        };
        let name = path.display().to_string();
        let file = File::create(path).with_context(|| format!("{name} can't be written"))?;
        Ok(Self { name, writer: Box::new(file) })
    }
}

async fn rows(history: &dyn History, asked: &Export, to: Place) -> anyhow::Result<u64> {
    let mut rows = history.export(&asked.table);
    let mut written = 0;
    let to = BufWriter::new(to.writer);
    match asked.format {
        ExportFormat::Jsonl => {
            let mut to = to;
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                writeln!(to, "{}", Value::Object(row))?;
                written += 1;
            }
            to.flush()?;
        }
        ExportFormat::Csv => {
            let mut to = csv::Writer::from_writer(to);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                if written == 0 {
                    to.write_record(row.keys()).map_err(to_io)?;
                }
                to.write_record(cells(&row)).map_err(to_io)?;
                written += 1;
            }
            to.flush()?;
        }
    }
    Ok(written)
}

/// The writer's own error, which tells a reader that went away from a full disk.
fn to_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// What is not known is an empty cell; what has parts is JSON.
fn cells(row: &Map<String, Value>) -> impl Iterator<Item = String> {
    row.values().map(|value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_the_value_itself() {
        let row = json!({"a": null, "b": "x,\"y\"", "c": 1.5, "d": {"e": [1]}});
        let Value::Object(row) = row else { panic!("it is an object") };
        assert_eq!(cells(&row).collect::<Vec<_>>(), ["", "x,\"y\"", "1.5", r#"{"e":[1]}"#]);
    }
}
