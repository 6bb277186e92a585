use std::sync::Arc;

use futures::future::{join, join_all};
use larder_sources::DataType;

use super::EventReport;
use super::event::{Event, Happened};
use super::made_old::made_old_by;
use super::marks::Marks;
use super::registry::Registry;
use crate::App;
use crate::changes::{Changes, What};
use crate::problem::{Code, Problem};
use crate::runtime::{Place, RuntimeParts, StateChanges, TableError};

/// Takes the events of EventBridge, in any order and as often as they come. Cloning is a reference count.
#[derive(Clone)]
pub struct EventResponder(Arc<Inside>);

struct Inside {
    registry: Registry,
    state_changes: StateChanges,
    marks: Marks,
    changes: Changes,
}

impl EventResponder {
    /// One that invalidates in the app's store and keeps running minutes in these parts. Nothing is asked yet.
    #[must_use]
    pub fn new(app: App, runtime: RuntimeParts) -> Self {
        let changes = app.changes().clone();
        let marks = Marks::new(app, runtime.environment.clone());
        let registry = Registry::new(&runtime);
        Self(Arc::new(Inside { registry, state_changes: StateChanges::new(runtime), marks, changes }))
    }

    /// Takes one event, as JSON. A change of an instance's state goes into the ledger, and its server's minutes are worked
    /// out at once; of every data type that the event makes old, what is stored is invalidated. One of an account or
    /// region that is not registered changes nothing.
    ///
    /// # Errors
    /// [`Code::InvalidBody`] and [`Code::InvalidAccount`] for one that can't be read; whatever kept it from being taken
    /// whole: it may be sent again then.
    pub async fn respond(&self, event: &str) -> Result<EventReport, Problem> {
        let Event { account, region, happened } = Event::parse(event)?;
        let rows = made_old_by(&happened);
        let change = match happened {
            Happened::StateChange { instance_id, changed } => Some((instance_id, changed)),
            Happened::Nothing(reason) => return Ok(ignored(reason)),
            Happened::OfService { .. } | Happened::Call(_) => None,
        };
        if change.is_none() && rows.is_empty() {
            return Ok(ignored("it makes no data type old".to_owned()));
        }
        let Inside { registry, state_changes, marks, changes } = &*self.0;
        let known_region = match region {
            Some(region) if registry.knows(&account, Some(region)).await? => Some(region),
            _ => None,
        };
        let rows = match known_region {
            Some(_) => rows,
            // What has no region may be told of in one that nobody uses otherwise.
            None => without_region(rows),
        };
        if known_region.is_none() && (rows.is_empty() || !registry.knows(&account, None).await?) {
            return Ok(ignored(format!("the account {account} is not registered with that region")));
        }
        let marked = join_all(rows.iter().map(|row| marks.mark(row, known_region, &account)));
        let taken = async {
            let (Some((id, changed)), Some(region)) = (change, known_region) else {
                return Ok(EventReport::default());
            };
            let place = Place { account: account.clone(), region };
            let taken = state_changes.take(&place, &id, changed).await?;
            changes.tell(What::Runtime, Some(account.clone()));
            Ok(EventReport::changed(taken))
        };
        // One that fails does not keep the other from being done.
        let (taken, marked) = join(taken, marked).await;
        let report = taken.map_err(|error| of_table(&error))?;
        marked.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(EventReport { invalidated: rows.iter().map(|row| row.name).collect(), ..report })
    }
}

fn ignored(reason: String) -> EventReport {
    tracing::info!(reason, "an event is ignored");
    EventReport::ignored(reason)
}

fn without_region(rows: Vec<&'static DataType>) -> Vec<&'static DataType> {
    rows.into_iter().filter(|row| !row.scope.has_region()).collect()
}

fn of_table(error: &TableError) -> Problem {
    Problem::new(Code::StoreUnavailable, format!("The change of state may not be kept: {error}."))
}
