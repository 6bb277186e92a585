use std::time::Duration;

use larder_app::Principal;
use larder_app::configuration::load;
use larder_app::sync::{FailedTarget, Outcome, Progress as Reached, SyncReport};

use crate::arguments::Sync;
use crate::database::kept_history;
use crate::exit::{Exit, of_code};
use crate::output::{complain, say, say_json, table};
use crate::progress::Progress;
use crate::session::{Given, flags, log_little, open_on};

/// How long it may take: hundreds of accounts do, and whoever waits can stop it at any time.
const WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// Asks AWS past the cache, and keeps what changed.
pub(crate) async fn run(given: &Given, sync: &Sync) -> anyhow::Result<Exit> {
    let request = sync.request()?;
    let flags =
        flags(&[("store", "--store", &sync.store.store), ("history.database", "--database", &sync.database.database)]);
    let configuration = load(given.file.clone(), &flags)?;
    log_little(&configuration);
    let app = open_on(&configuration, kept_history(&configuration).await).await;
    given.asks(&app);
    let report = {
        let bar = Progress::counted("Syncing");
        let told = |reached: Reached<'_>| match reached {
            Reached::Expected(targets) => bar.expect(targets),
            Reached::Done(_) | Reached::Failed(_) => bar.step(),
        };
        app.sync().run(&Principal::local(), &request, WITHIN, &told).await?.unless_all_failed()?
    };
    if given.json {
        say_json(&report)?;
    } else {
        if !report.outcomes.is_empty() {
            say(&for_people(&report));
        }
        report.failed_regions.iter().for_each(|failed| complain(&failure(failed)));
        complain(&report.message);
    }
    Ok(exit(&report))
}

/// A row for what was had of each account, region and kind.
fn for_people(report: &SyncReport) -> String {
    let mut table = table(&["ACCOUNT", "REGION", "WHAT", "TOLD", "ADDED", "CHANGED", "GONE"]);
    for outcome in &report.outcomes {
        let Outcome { account_id, region, kind, seen, added, changed, gone, superseded } = outcome;
        let kept = |count: &Option<u64>| match (superseded, count) {
            (true, _) => "superseded".to_owned(),
            (false, Some(count)) => count.to_string(),
            (false, None) => "not kept".to_owned(),
        };
        let region = region.as_deref().unwrap_or("-");
        let (added, changed, gone) = (kept(added), kept(changed), kept(gone));
        table.add_row([account_id, region, kind, &seen.to_string(), &added, &changed, &gone]);
    }
    table.to_string()
}

/// What is said beside the table of what failed.
fn failure(failed: &FailedTarget) -> String {
    let region = failed.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    format!("failed: {} of {}{region}: {} ({})", failed.kind, failed.account_id, failed.detail, failed.code)
}

/// Denied counts most, since it stays so; then the first failure.
fn exit(report: &SyncReport) -> Exit {
    let codes: Vec<_> = report.failed_regions.iter().map(|failed| of_code(failed.problem().code())).collect();
    if codes.contains(&Exit::Denied) { Exit::Denied } else { codes.first().copied().unwrap_or(Exit::Done) }
}
