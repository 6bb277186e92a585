use std::time::Duration;

use lambda_runtime::Diagnostic;
use larder_app::problem::{Code, Problem};
use larder_app::sync::SyncRequest;
use larder_app::{App, Principal, Retention, account_of_text};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::direct::{answer_of, internal, of_problem};

/// What a sync by the function is recorded as.
const BY: &str = "schedule";
/// Looking after the database takes at most a tenth of the time.
const SHARE_OF_UPKEEP: u32 = 10;

/// Syncs by schedule and direct invocation. Cloning is a reference count.
#[derive(Clone)]
pub struct InventorySync {
    app: App,
    retention: Retention,
}

/// A direct invocation, and what the schedule of costs sends.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Event {
    /// All where there are none.
    account_ids: Vec<String>,
    /// Whether costs are synced, instead of what does not cost money.
    costs: bool,
}

impl InventorySync {
    /// One of that app. Nothing is asked yet.
    #[must_use]
    pub fn new(app: App, retention: Retention) -> Self {
        Self { app, retention }
    }

    /// Answers the schedule's event, or a direct invocation's `{accountIds?, costs?}`, within that time, and sees to the
    /// database in the tenth of it that the sync leaves. What failed stands in the answer.
    ///
    /// # Errors
    /// What is wrong with the event, and that nothing at all could be synced: a function error of that code, so that it is
    /// tried again.
    pub async fn answer(&self, event: &RawValue, within: Duration) -> Result<Value, Diagnostic> {
        let event: Value = serde_json::from_str(event.get()).map_err(|error| internal(&error))?;
        let request = request_of(event).map_err(|problem| of_problem(&problem))?;
        let for_upkeep = within / SHARE_OF_UPKEEP;
        let done = self.app.sync().run(&Principal::named(BY), &request, within - for_upkeep, &|_| {}).await;
        // A database that is down has failed the sync as well, which says so; what is not done in time is by the next.
        let _ = self.app.see_to_history(self.retention, for_upkeep).await;
        let report = done.and_then(larder_app::sync::SyncReport::unless_all_failed);
        answer_of(&report.map_err(|problem| of_problem(&problem))?)
    }
}

/// An event of EventBridge's schedule names nothing.
fn request_of(event: Value) -> Result<SyncRequest, Problem> {
    if event.is_null() || event.get("detail-type").is_some() {
        return Ok(SyncRequest::of_resources());
    }
    let invalid = |reason: &str| Problem::new(Code::InvalidBody, format!("The event can't be read: {reason}."));
    // A list would be taken for the values of its members.
    if !event.is_object() {
        return Err(invalid("it is no object"));
    }
    let Event { account_ids, costs } = Event::deserialize(event).map_err(|error| invalid(&error.to_string()))?;
    let accounts = account_ids.iter().map(|text| account_of_text(text)).collect::<Result<_, _>>()?;
    let request = if costs { SyncRequest::of_costs() } else { SyncRequest::of_resources() };
    Ok(SyncRequest { accounts, ..request })
}

#[cfg(test)]
mod tests {
    use larder_app::sync::name_of;
    use serde_json::json;

    use super::*;

    fn read(event: Value) -> Result<(Vec<String>, Vec<&'static str>), Code> {
        let request = request_of(event).map_err(|problem| problem.code())?;
        let accounts = request.accounts.iter().map(ToString::to_string).collect();
        Ok((accounts, request.whats.into_iter().map(name_of).collect()))
    }

    #[test]
    fn a_schedule_syncs_what_is_free_and_costs_are_asked_for() {
        let free = vec!["instances", "snapshots", "amis"];
        assert_eq!(read(json!({"detail-type": "Scheduled Event"})), Ok((vec![], free.clone())));
        assert_eq!(read(json!({})), Ok((vec![], free)));
        let costs = read(json!({"costs": true, "accountIds": ["111122223333"]}));
        assert_eq!(costs, Ok((vec!["111122223333".to_owned()], vec!["costs"])));
    }

    #[test]
    fn an_event_that_is_wrong_syncs_nothing() {
        assert_eq!(read(json!({"cost": true})), Err(Code::InvalidBody));
        assert_eq!(read(json!([[], true])), Err(Code::InvalidBody));
        assert_eq!(read(json!({"accountIds": ["1"]})), Err(Code::InvalidAccount));
        assert_eq!(read(json!({"accountIds": "111122223333"})), Err(Code::InvalidBody));
    }
}
