use std::time::Duration;

use jiff::Timestamp;
use larder_cache::{Answer, Directives, Freshness};
use larder_history::{CostSync, FailedSync, Kind, Resource, ResourceSync, SyncOutcome, What};
use larder_sources::DataType;
use serde_json::{Map, Value};

use super::deadline::Deadline;
use super::marks::data_type_of;
use super::targets::Target;
use crate::costs::rows_of;
use crate::inventory::moment_before;
use crate::problem::{Code, Problem, of_failure};
use crate::{App, Principal, Question, Reply};

/// What became of a target: how many were told, and what the history made of them, if there is one.
pub(super) struct Synced {
    pub(super) seen: u64,
    pub(super) kept: Option<SyncOutcome>,
}

/// Fetches a target under the fence that is now, which refills the cache, and keeps it in the history in one transaction.
/// A failure is recorded there too.
pub(super) async fn sync(
    app: &App,
    principal: &Principal,
    target: &Target,
    directives: &Directives,
    deadline: &Deadline<'_>,
) -> Result<Synced, Problem> {
    let began = app.now();
    let synced = fetch_and_keep(app, principal, target, directives, deadline).await;
    if let Err(problem) = &synced {
        record(app, principal, target, problem, began, deadline).await;
    }
    synced
}

/// Records that a target could not be had.
pub(super) async fn record(
    app: &App,
    principal: &Principal,
    target: &Target,
    problem: &Problem,
    as_of: Timestamp,
    deadline: &Deadline<'_>,
) {
    let failed = FailedSync {
        account: target.account.as_str(),
        region: target.region.map(larder_sources::Region::name),
        what: target.what,
        as_of,
        by: principal.name(),
        code: problem.code().name(),
        error: problem.detail(),
    };
    record_failure(app, &failed, deadline).await;
}

/// Records a failure, if there is a history that can be reached: where there is none, the report and the log tell of it.
pub(super) async fn record_failure(app: &App, failed: &FailedSync<'_>, deadline: &Deadline<'_>) {
    let history = app.history();
    if !history.is_configured() {
        return;
    }
    let Ok(opened) = history.opened().await else { return };
    // What that failed with is in the log already.
    let _ = history.told_within(deadline.left(), opened.record_failure(failed)).await;
}

async fn fetch_and_keep(
    app: &App,
    principal: &Principal,
    target: &Target,
    directives: &Directives,
    deadline: &Deadline<'_>,
) -> Result<Synced, Problem> {
    let data_type = data_type_of(target.what)?;
    let answer = fetch(app, principal, target, data_type, directives).await?;
    let as_of = moment_before(app.now(), answer.age);
    let kept = Kept { app, principal, target, as_of, deadline };
    match target.what {
        What::Resources(kind) => kept.resources(kind, &resources_of(&answer.value, data_type)?).await,
        What::Costs => kept.costs(&answer.value).await,
    }
}

async fn fetch(
    app: &App,
    principal: &Principal,
    target: &Target,
    data_type: &'static DataType,
    directives: &Directives,
) -> Result<Answer, Problem> {
    let region = target.region.map(larder_sources::Region::name);
    let question = Question { data_type, region, account: Some(target.account.as_str()) };
    match app.queries().ask(principal, &question, directives).await? {
        // An old answer is none to keep as of now.
        Reply::One(Answer { freshness: Freshness::StaleIfError(failure), .. }) => Err(of_failure(&failure, data_type)),
        Reply::One(answer) => Ok(answer),
        Reply::Regional(_) => Err(Problem::new(Code::Internal, "A target of one region was answered by several.")),
    }
}

/// What was had, on its way into the history.
struct Kept<'a> {
    app: &'a App,
    principal: &'a Principal,
    target: &'a Target,
    as_of: Timestamp,
    deadline: &'a Deadline<'a>,
}

impl Kept<'_> {
    async fn resources(&self, kind: Kind, resources: &[Resource]) -> Result<Synced, Problem> {
        let seen = u64::try_from(resources.len()).unwrap_or(u64::MAX);
        let history = self.app.history();
        if !history.is_configured() {
            return Ok(Synced { seen, kept: None });
        }
        let (account, by, as_of) = (self.target.account.as_str(), self.principal.name(), self.as_of);
        let region = self.target.region.map(larder_sources::Region::name).unwrap_or_default();
        let sync = ResourceSync { account, region, kind, as_of, by, resources };
        let opened = history.opened().await?;
        let kept = history.told_within(self.deadline.left(), opened.store_resources(&sync)).await?;
        Ok(Synced { seen, kept: Some(kept) })
    }

    async fn costs(&self, answer: &[u8]) -> Result<Synced, Problem> {
        let (period, rows) = rows_of(answer)?;
        let seen = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let history = self.app.history();
        if !history.is_configured() {
            return Ok(Synced { seen, kept: None });
        }
        let (account, by, as_of) = (self.target.account.as_str(), self.principal.name(), self.as_of);
        let sync = CostSync { account, from: period.from, to: period.to, as_of, by, rows: &rows };
        let opened = history.opened().await?;
        let kept = history.told_within(self.deadline.left(), opened.store_costs(&sync)).await?;
        Ok(Synced { seen, kept: Some(kept) })
    }
}

/// The resources of an answer, as they are.
fn resources_of(answer: &[u8], data_type: &DataType) -> Result<Vec<Resource>, Problem> {
    let wrong = || Problem::new(Code::Internal, format!("The answer of {} is no list of its shape.", data_type.name));
    let shape = data_type.list.ok_or_else(wrong)?;
    let mut whole: Map<String, Value> = serde_json::from_slice(answer).map_err(|_| wrong())?;
    let Some(Value::Array(items)) = whole.remove(shape.member) else { return Err(wrong()) };
    let resource = |item| {
        let Value::Object(attributes) = item else { return Err(wrong()) };
        let id = attributes.get(shape.id).and_then(Value::as_str).ok_or_else(wrong)?.to_owned();
        Ok(Resource { id, attributes })
    };
    items.into_iter().map(resource).collect()
}

/// What a target may take, past whatever the cache holds.
pub(super) fn directives(left: Duration, marked: Marked) -> Directives {
    let max_age = match marked {
        Marked::Acknowledged => None,
        Marked::Unacknowledged => Some(Duration::ZERO),
    };
    Directives { max_age, only_if_cached: false, deadline: left }
}

/// Whether what was kept before is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    /// It is: whatever is answered was fetched since.
    Acknowledged,
    /// Nobody knows, so that a fetch has to be asked for.
    Unacknowledged,
}
