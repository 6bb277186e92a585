mod facts;
mod sentences;

use larder_app::Verdict;

use crate::arguments::Inspect;
use crate::exit::Exit;
use crate::output::{say, say_json};
use crate::session::{Given, open_kept};

/// Tells what the store holds under a key, why it is fresh, stale or dead, and what the next request would do.
pub(crate) async fn run(given: &Given, inspect: &Inspect) -> anyhow::Result<Exit> {
    let app = open_kept(given, &inspect.store).await?;
    let inspection = app.inspect(&inspect.key).await?;
    if given.json {
        say_json(&inspection)?;
    } else {
        say(&sentences::of(&inspection));
        facts::table_of(&inspection).iter().for_each(|table| say(&table.to_string()));
    }
    Ok(if inspection.verdict == Verdict::Absent { Exit::Nothing } else { Exit::Done })
}
