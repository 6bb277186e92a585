use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Map, Value};

use super::TABLES;
use crate::HistoryError;
use crate::engine::Engine;
use crate::sql::Statement;

pub(crate) fn export<'a>(
    engine: &'a impl Engine,
    name: &str,
) -> BoxStream<'a, Result<Map<String, Value>, HistoryError>> {
    let Some(table) = TABLES.iter().find(|table| table.name == name) else {
        let names = TABLES.each_ref().map(|table| table.name).join(", ");
        let error = HistoryError::Invalid(format!("there is no table {name:?}; there are {names}"));
        return stream::iter([Err(error)]).boxed();
    };
    let rows = engine.ask_row_by_row(Statement::new(engine.dialect(), &table.select()));
    rows.and_then(|row| std::future::ready(table.object(&mut row.reader()))).boxed()
}
