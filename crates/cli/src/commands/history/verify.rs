use serde_json::json;

use crate::arguments::Verify;
use crate::database::{failed, open_history};
use crate::exit::Exit;
use crate::output::{say, say_json, table};
use crate::progress::Progress;
use crate::session::Given;

/// Looks for what contradicts itself: to find something is a failure.
pub(super) async fn run(given: &Given, asked: &Verify) -> anyhow::Result<Exit> {
    let (_, history) = open_history(given, &asked.database).await?;
    let findings = {
        let _progress = Progress::of(format!("Verifying {}", history.description()));
        history.verify().await.map_err(failed)?
    };
    if given.json {
        let findings: Vec<_> =
            findings.iter().map(|finding| json!({"table": finding.table, "what": finding.what})).collect();
        say_json(&json!({"database": history.description(), "findings": findings}))?;
    } else if findings.is_empty() {
        say(&format!("{}: nothing contradicts itself", history.description()));
    } else {
        let mut rows = table(&["TABLE", "WHAT IS WRONG"]);
        for finding in &findings {
            rows.add_row([&finding.table, &finding.what]);
        }
        say(&rows.to_string());
    }
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Failed })
}
