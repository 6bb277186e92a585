use std::sync::Arc;

use serde::Serialize;

use crate::breaker::{Breaker, Pass, State};
use crate::environment::{Environment, within};
use crate::policy::Settings;
use crate::statistics::Statistics;
use crate::store::{Store, StoreError, StoreResult};

/// The store behind its breaker and its time limit.
pub(crate) struct GuardedStore {
    environment: Arc<dyn Environment>,
    store: Option<Arc<dyn Store>>,
    breaker: Breaker,
    timeout: std::time::Duration,
    statistics: Arc<Statistics>,
}

/// How the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum StoreHealth {
    /// There is none: it could not be opened, or caching is switched off.
    Absent,
    /// It answers, as far as is known.
    Reachable,
    /// It failed repeatedly and is not asked for a while.
    LeftAlone,
    /// One request is finding out whether it answers again.
    Probing,
}

impl GuardedStore {
    pub(crate) fn new(
        environment: Arc<dyn Environment>,
        store: Option<Arc<dyn Store>>,
        settings: &Settings,
        statistics: Arc<Statistics>,
    ) -> Self {
        let breaker = Breaker::new(settings.breaker);
        Self { environment, store, breaker, timeout: settings.store_timeout, statistics }
    }

    /// Asks the store unless it is left alone. `data_type` is whose capacity units they are.
    pub(crate) async fn ask<'a, T, F>(
        &'a self,
        data_type: &str,
        operation: impl FnOnce(&'a dyn Store) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = StoreResult<T>>,
    {
        let store = self.store.as_deref().ok_or(StoreError::Absent)?;
        let pass = self.breaker.pass(self.environment.now()).ok_or(StoreError::Open)?;
        self.judge(pass, data_type, operation(store)).await
    }

    /// Asks the store even while it is left alone, for what must be done or said to have failed.
    pub(crate) async fn insist<'a, T, F>(
        &'a self,
        data_type: &str,
        operation: impl FnOnce(&'a dyn Store) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = StoreResult<T>>,
    {
        let store = self.store.as_deref().ok_or(StoreError::Absent)?;
        let pass = self.breaker.pass_anyway(self.environment.now());
        self.judge(pass, data_type, operation(store)).await
    }

    /// Asks the store for what no query needs, a listing or a deletion. It may fail alone, for want of a permission or
    /// an index, so its outcome says nothing of the store's health, and it is no probe.
    pub(crate) async fn ask_aside<'a, T, F>(
        &'a self,
        data_type: &str,
        operation: impl FnOnce(&'a dyn Store) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = StoreResult<T>>,
    {
        let store = self.store.as_deref().ok_or(StoreError::Absent)?;
        if self.breaker.leaves_alone(self.environment.now()) {
            return Err(StoreError::Open);
        }
        self.in_time(data_type, operation(store)).await
    }

    pub(crate) fn largest_inline(&self) -> usize {
        self.store.as_deref().map_or(usize::MAX, Store::largest_inline)
    }

    pub(crate) fn health(&self) -> StoreHealth {
        match (&self.store, self.breaker.state()) {
            (None, _) => StoreHealth::Absent,
            (Some(_), State::Closed { .. }) => StoreHealth::Reachable,
            (Some(_), State::Open { .. }) => StoreHealth::LeftAlone,
            (Some(_), State::Probing) => StoreHealth::Probing,
        }
    }

    async fn judge<T>(
        &self,
        pass: Pass<'_>,
        data_type: &str,
        operation: impl Future<Output = StoreResult<T>>,
    ) -> Result<T, StoreError> {
        let answer = self.in_time(data_type, operation).await;
        match &answer {
            Ok(_) => {
                if pass.succeeded() {
                    tracing::info!("the store answers again");
                }
            }
            Err(error) => {
                if pass.failed(self.environment.now()) {
                    tracing::warn!(%error, "the store fails and is left alone for a while");
                }
            }
        }
        answer
    }

    async fn in_time<T>(
        &self,
        data_type: &str,
        operation: impl Future<Output = StoreResult<T>>,
    ) -> Result<T, StoreError> {
        let metered = within(&*self.environment, self.timeout, operation).await.unwrap_or(Err(StoreError::Timeout))?;
        self.statistics.of(data_type).add_units(metered.units);
        Ok(metered.value)
    }
}
