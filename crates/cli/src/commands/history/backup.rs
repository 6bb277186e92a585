use larder_app::SqliteHistory;

use crate::arguments::Backup;
use crate::database::{failed, history_file, read_with_database};
use crate::exit::{Exit, WrongUsage};
use crate::output::say;
use crate::progress::Progress;
use crate::session::{Given, log_little};

/// Why a command is for files only.
pub(super) const NO_FILE: &str = "the history is not in a SQLite file; of PostgreSQL, take pg_dump and pg_restore, as \
                                  larder history backup --help says";

/// Copies the database, also while others write to it.
pub(super) async fn run(given: &Given, asked: &Backup) -> anyhow::Result<Exit> {
    let configuration = read_with_database(given, &asked.database)?;
    log_little(&configuration);
    let file = history_file(&configuration).await.ok_or_else(|| WrongUsage(NO_FILE.to_owned()))?;
    if !file.exists() {
        return Err(WrongUsage(format!("there is no history at {}: nothing was kept there yet", file.display())).into());
    }
    {
        let _progress = Progress::of(format!("Copying {}", file.display()));
        SqliteHistory::open(&file).await.map_err(failed)?.backup(&asked.to).await.map_err(failed)?;
    }
    say(&format!("{} is in {}", file.display(), asked.to.display()));
    Ok(Exit::Done)
}
