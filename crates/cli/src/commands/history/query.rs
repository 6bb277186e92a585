use larder_app::history_queries::{AskedHistory, Column, HISTORY_QUERIES, HistoryAnswer, HistoryQuery};
use larder_app::{AccountId, Principal};
use serde_json::{Value, json};

use crate::arguments;
use crate::database::{known_history, read_with_database};
use crate::exit::{Exit, WrongUsage};
use crate::output::{complain, say, say_json, table, table_of_names};
use crate::session::{Given, log_little, open_on};

/// Answers a query, or lists them.
pub(super) async fn run(given: &Given, asked: &arguments::HistoryQuery) -> anyhow::Result<Exit> {
    let Some(name) = &asked.name else { return list(given) };
    let query = query_of_name(name)?;
    let accounts: Vec<_> = asked.accounts.named()?.iter().map(AccountId::to_string).collect();
    let accounts = (!accounts.is_empty()).then(|| accounts.join(","));
    let words = asked.parameters.iter().map(|text| word(query, text)).collect::<Result<Vec<_>, _>>()?;
    let configuration = read_with_database(given, &asked.database)?;
    log_little(&configuration);
    let app = open_on(&configuration, known_history(&configuration).await).await;
    let question = AskedHistory { accounts: accounts.as_deref(), words };
    let answer = query.ask(&app, &Principal::local(), &question).await?;
    if given.json {
        say_json(&answer)?;
    } else {
        say(&for_people(query, &answer));
        complain(&answer.as_of.map_or_else(|| "never synced".to_owned(), |as_of| format!("as of {as_of}")));
    }
    Ok(if answer.rows.is_empty() { Exit::Nothing } else { Exit::Done })
}

fn list(given: &Given) -> anyhow::Result<Exit> {
    if given.json {
        let rows = HISTORY_QUERIES.iter().map(|query| json!({"name": query.name, "summary": query.summary}));
        say_json(&rows.collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let mut rows = table_of_names(&["QUERY", "WHAT", "WITH"]);
    for query in HISTORY_QUERIES {
        let with = query.parameters.iter().map(|parameter| format!("{}=: {}", parameter.name, parameter.help));
        rows.add_row([query.name, query.summary, &with.collect::<Vec<_>>().join("\n")]);
    }
    say(&rows.to_string());
    Ok(Exit::Done)
}

fn query_of_name(name: &str) -> Result<&'static HistoryQuery, WrongUsage> {
    HISTORY_QUERIES.iter().find(|query| query.name == name).ok_or_else(|| {
        let known: Vec<_> = HISTORY_QUERIES.iter().map(|query| query.name).collect();
        WrongUsage(format!("there is no query {name:?}. There are {}", known.join(", ")))
    })
}

/// A parameter of the query, with its value.
fn word<'a>(query: &HistoryQuery, text: &'a str) -> Result<(&'a str, &'a str), WrongUsage> {
    let known = || query.parameters.iter().map(|parameter| parameter.name);
    match text.split_once('=') {
        Some((name, value)) if known().any(|it| it == name) => Ok((name, value)),
        _ => {
            let known: Vec<_> = known().collect();
            let takes = if known.is_empty() { "none".to_owned() } else { known.join("=, ") + "=" };
            Err(WrongUsage(format!("--with {text:?}: {} takes {takes}", query.name)))
        }
    }
}

fn for_people(query: &HistoryQuery, answer: &HistoryAnswer) -> String {
    let names: Vec<_> = query.columns.iter().map(|Column { name, .. }| *name).collect();
    let mut rows = table(&names);
    for row in &answer.rows {
        rows.add_row(names.iter().map(|name| cell(row.get(*name))));
    }
    rows.to_string()
}

/// What is not known is told as such.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "unknown".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_query_does_not_take_is_refused_with_what_it_does() {
        let query = query_of_name("movers").expect("a query");
        assert_eq!(word(query, "month=2026-11").expect("a parameter"), ("month", "2026-11"));
        for text in ["months=2026-11", "month", ""] {
            let refused = word(query, text).expect_err("not a parameter").to_string();
            assert!(refused.contains("month="), "{refused}");
        }
        let refused = query_of_name("mover").err().map(|refused| refused.to_string()).unwrap_or_default();
        assert!(refused.contains("movers"), "{refused}");
    }
}
