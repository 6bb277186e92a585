mod from_logs;
mod kept;
mod shown;

use crate::arguments::Runtime;
use crate::exit::Exit;
use crate::session::Given;

/// Tells how long servers ran: by what is kept and AWS says, or by log files that someone exported.
pub(crate) async fn run(given: &Given, asked: Runtime) -> anyhow::Result<Exit> {
    if asked.from_logs.is_empty() { kept::run(given, &asked).await } else { from_logs::run(given, asked).await }
}
