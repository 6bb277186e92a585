use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use larder_cache::{Environment, Moment};
use larder_sources::{AccountId, DataType, Region};

use crate::problem::Problem;
use crate::{App, InvalidationDone, InvalidationRequest, Principal};

/// Invalidates for events: at most once in a coherence window whatever a selector has in common, so that a burst of
/// events costs a burst of nothing.
#[derive(Clone)]
pub(super) struct Marks {
    app: App,
    environment: Arc<dyn Environment>,
    marks: Arc<Mutex<BTreeMap<Selected, OfSelector>>>,
}

/// A data type, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Selected {
    data_type: &'static str,
    region: Option<Region>,
    account: Option<AccountId>,
}

#[derive(Default)]
struct OfSelector {
    /// The last one that began.
    begun: Option<(Moment, Mark)>,
    /// One that has not begun: whoever comes before it does shares it.
    next: Option<Mark>,
}

type Mark = Shared<BoxFuture<'static, Result<InvalidationDone, Problem>>>;

impl Marks {
    pub(super) fn new(app: App, environment: Arc<dyn Environment>) -> Self {
        Self { app, environment, marks: Arc::default() }
    }

    /// Kills every entry of the data type there that was fetched before this. Where one began less than a coherence
    /// window ago, all that come until its end wait for it and share one.
    ///
    /// # Errors
    /// What [`crate::Invalidation::invalidate`] says.
    pub(super) async fn mark(
        &self,
        data_type: &'static DataType,
        region: Option<Region>,
        account: &AccountId,
    ) -> Result<InvalidationDone, Problem> {
        let request = InvalidationRequest {
            data_type: Some(data_type),
            region: region.filter(|_| data_type.scope.has_region()),
            account: data_type.scope.has_account().then(|| account.clone()),
            purge: false,
        };
        let selected = Selected { data_type: data_type.name, region: request.region, account: request.account.clone() };
        let mark = self.with(&selected, |of_selector| {
            let OfSelector { begun, next } = of_selector;
            let new = || self.clone().begin(selected.clone(), request, begun.clone()).boxed().shared();
            next.get_or_insert_with(new).clone()
        });
        mark.await
    }

    async fn begin(
        self,
        selected: Selected,
        request: InvalidationRequest,
        before: Option<(Moment, Mark)>,
    ) -> Result<InvalidationDone, Problem> {
        if let Some((began, before)) = before {
            // One that failed marked nothing that could be shared.
            let window = before.await.map_or(Duration::ZERO, |done| Duration::from_millis(done.effective_within_ms));
            let left = window.saturating_sub(self.environment.now().since(began));
            if !left.is_zero() {
                self.environment.sleep(left).await;
            }
        }
        // From here on it may be too old for who comes.
        self.with(&selected, |of_selector| {
            of_selector.begun = of_selector.next.take().map(|this| (self.environment.now(), this));
        });
        self.app.invalidation().invalidate(&Principal::local(), &request).await
    }

    fn with<T>(&self, selected: &Selected, change: impl FnOnce(&mut OfSelector) -> T) -> T {
        // Each change is whole.
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        change(marks.entry(selected.clone()).or_default())
    }
}

#[cfg(test)]
mod tests;
