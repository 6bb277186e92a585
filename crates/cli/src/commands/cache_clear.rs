use larder_app::{InvalidationRequest, Principal, account_of_text, data_type_of_text, region_of_text};

use crate::arguments::{Clear, Selection};
use crate::exit::Exit;
use crate::output::{say, say_json};
use crate::session::{Given, open_once};

/// Invalidates what matches.
pub(crate) async fn run(given: &Given, clear: &Clear) -> anyhow::Result<Exit> {
    let Selection { data_type, region, account, all: _ } = &clear.selection;
    let request = InvalidationRequest {
        data_type: data_type.as_deref().map(data_type_of_text).transpose()?,
        region: region.as_deref().map(region_of_text).transpose()?,
        account: account.as_deref().map(account_of_text).transpose()?,
        purge: clear.purge,
    };
    let app = open_once(given, &clear.store).await?;
    let done = app.invalidation().invalidate(&Principal::local(), &request).await?;
    if given.json {
        say_json(&done)?;
        return Ok(Exit::Done);
    }
    let purged = done.purged.map(|count| format!(" {count} items were deleted.")).unwrap_or_default();
    say(&format!(
        "Cache invalidated: type {}, region {}, account {}.{purged}\nProcesses that are running see it within {} ms.",
        done.data_type, done.region, done.account_id, done.effective_within_ms
    ));
    Ok(Exit::Done)
}
