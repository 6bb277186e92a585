use larder_app::{
    InvalidationDone, InvalidationRequest, Principal, account_of_text, data_type_of_text, region_of_text,
};
use serde_json::{Value, json};

use crate::arguments::{Clear, Selection};
use crate::exit::Exit;
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::session::{Given, open_kept};

/// Invalidates what matches.
pub(crate) async fn run(given: &Given, clear: &Clear) -> anyhow::Result<Exit> {
    let Selection { data_type, region, account, all: _ } = &clear.selection;
    let request = InvalidationRequest {
        data_type: data_type.as_deref().map(data_type_of_text).transpose()?,
        region: region.as_deref().map(region_of_text).transpose()?,
        account: account.as_deref().map(account_of_text).transpose()?,
        purge: clear.purge,
    };
    let app = open_kept(given, &clear.store).await?;
    let progress = Progress::of(if clear.purge { "invalidating, and deleting the items" } else { "invalidating" });
    let done = app.invalidation().invalidate(&Principal::local(), &request).await?;
    drop(progress);
    if given.json {
        say_json(&for_programs(&done)?)?;
    } else {
        say(&for_people(&done));
    }
    Ok(Exit::Done)
}

/// What was done. The window is only that of this configuration: other processes may have others.
fn for_programs(done: &InvalidationDone) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(done)?;
    if let Some(members) = value.as_object_mut()
        && let Some(window) = members.remove("effectiveWithinMs")
    {
        members.insert("thisConfiguration".to_owned(), json!({"coherenceWindowMs": window}));
    }
    Ok(value)
}

fn for_people(done: &InvalidationDone) -> String {
    let purged = done.purged.map(|count| format!(" {count} items were deleted.")).unwrap_or_default();
    format!(
        "Cache invalidated: type {}, region {}, account {}.{purged}\n\
         Processes that are running see it within their coherence window.",
        done.data_type, done.region, done.account_id
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use larder_app::configuration::Configuration;
    use larder_app::wiring::{ambient_fetcher, memory_store};
    use larder_app::{App, Parts, SystemEnvironment};

    use super::*;

    #[tokio::test]
    async fn the_window_of_others_is_not_told_from_the_own_one() {
        let app = App::new(Parts {
            configuration: &Configuration::default(),
            environment: Arc::new(SystemEnvironment::new()),
            store: memory_store(),
            fetcher: Arc::new(ambient_fetcher(&Configuration::default())),
        });
        let request = InvalidationRequest::default();
        let done = app.invalidation().invalidate(&Principal::local(), &request).await.expect("done");
        let text = for_people(&done);
        assert!(text.contains("within their coherence window") && !text.contains("ms"), "{text}");
        let value = for_programs(&done).expect("JSON");
        assert_eq!(value["thisConfiguration"]["coherenceWindowMs"], 2_000, "{value}");
        assert!(value.get("effectiveWithinMs").is_none(), "{value}");
        assert_eq!(value["epoch"]["counter"], 1);
    }
}
