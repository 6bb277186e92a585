use larder_app::SqliteHistory;

use super::backup::NO_FILE;
use crate::arguments::Restore;
use crate::database::{failed, history_file, read_with_database};
use crate::exit::{Exit, WrongUsage};
use crate::output::say;
use crate::progress::Progress;
use crate::session::{Given, log_little};

/// Puts a backup in the database's place. What was there is kept beside it.
pub(super) async fn run(given: &Given, asked: &Restore) -> anyhow::Result<Exit> {
    let configuration = read_with_database(given, &asked.database)?;
    log_little(&configuration);
    let file = history_file(&configuration).await.ok_or_else(|| WrongUsage(NO_FILE.to_owned()))?;
    let aside = {
        let _progress = Progress::of(format!("Restoring {}", file.display()));
        SqliteHistory::restore(&asked.from, &file).await.map_err(failed)?
    };
    say(&format!("{} is in {}", asked.from.display(), file.display()));
    if let Some(aside) = aside {
        say(&format!("what was there is in {}", aside.display()));
    }
    Ok(Exit::Done)
}
