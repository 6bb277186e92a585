use std::fmt::Debug;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::engine::Engine;
use crate::{
    CloudAccount, CostOfDay, CostOfMonth, CostSync, CostsOfAccount, CountOfInstances, Dimension, FailedSync, Finding,
    HistoryError, HistoryStatus, KeptResources, Kind, KnownCosts, Metric, Mover, Period, Pruned, ResourceSync,
    Retention, SnapshotWithoutVolume, StoppedInstance, SyncOutcome, SyncRecord, SyncRecords, What,
};
use crate::{read, store, upkeep};

/// What AWS forgets, kept. Every `accounts` names accounts by their 12 digits, and means all where it is empty.
#[async_trait]
pub trait History: Debug + Send + Sync {
    /// The database for people, such as `sqlite:/home/ann/.local/share/larder/history.sqlite`. It tells no password.
    fn description(&self) -> String;

    /// The accounts registry as it is now, by id: never a replica's, which may still have who was taken out.
    async fn accounts(&self) -> Result<Vec<CloudAccount>, HistoryError>;
    /// Registers an account, or registers it anew; whether it was there.
    async fn put_account(&self, account: &CloudAccount) -> Result<bool, HistoryError>;
    /// Takes an account out of the registry; whether it was there. What is kept of it stays.
    async fn remove_account(&self, id: &str) -> Result<bool, HistoryError>;

    /// Keeps what changed, in one transaction with its record.
    async fn store_resources(&self, sync: &ResourceSync<'_>) -> Result<SyncOutcome, HistoryError>;
    /// Keeps what changed, in one transaction with its record.
    async fn store_costs(&self, sync: &CostSync<'_>) -> Result<SyncOutcome, HistoryError>;
    /// Records that nothing could be had.
    async fn record_failure(&self, sync: &FailedSync<'_>) -> Result<(), HistoryError>;
    /// Whether a sync could be kept now: something is written and deleted again, which nobody else sees. A large sync may
    /// find a disk full all the same.
    async fn check_writable(&self) -> Result<(), HistoryError>;

    /// The resources of an account, by region; of regions that no sync of that kind ever reached there is nothing.
    async fn resources(
        &self,
        account: &str,
        kind: Kind,
        region: Option<&str>,
    ) -> Result<Vec<KeptResources>, HistoryError>;
    /// The costs of an account; `None` if no sync of its costs ever succeeded.
    async fn costs(&self, account: &str, period: Period) -> Result<Option<CostsOfAccount>, HistoryError>;
    /// The days of which all costs are known, by account.
    async fn known_costs(&self, accounts: &[String]) -> Result<Vec<KnownCosts>, HistoryError>;
    /// When AWS was last asked, with success, for what is kept: for the account and region of them where that is longest
    /// ago. `None` where it never was.
    async fn as_of(&self, accounts: &[String], what: What) -> Result<Option<Timestamp>, HistoryError>;
    /// The records of syncs.
    async fn syncs(&self, records: &SyncRecords) -> Result<Vec<SyncRecord>, HistoryError>;
    /// Of all places (account, region and kind) that these records since that moment are about, the one whose newest record
    /// is the oldest: of when that is. The limit does not count.
    async fn longest_unsynced(
        &self,
        records: &SyncRecords,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, HistoryError>;
    /// The accounts of which a sync ever succeeded, by id.
    async fn synced_accounts(&self) -> Result<Vec<String>, HistoryError>;

    /// By month, account and service; `months` are first days, without `to`.
    async fn monthly_costs(&self, accounts: &[String], months: Period) -> Result<Vec<CostOfMonth>, HistoryError>;
    /// By day and service.
    async fn daily_costs(&self, accounts: &[String], days: Period) -> Result<Vec<CostOfDay>, HistoryError>;
    /// What moved most against the month before, either way, the furthest first. Of a month that is not over, or not known
    /// to its end, the same days of both are compared.
    async fn movers(
        &self,
        accounts: &[String],
        month: Date,
        metric: Metric,
        limit: u32,
    ) -> Result<Vec<Mover>, HistoryError>;
    /// How many instances there were at each of these moments, as far as syncs had told by then. Of a moment before the
    /// first sync of any of the accounts, or one whose versions were pruned, nothing is known and there is no row; where
    /// it is known that there were none, there is one row, without a value, that counts 0.
    async fn instances_over_time(
        &self,
        accounts: &[String],
        by: Dimension,
        moments: &[Timestamp],
    ) -> Result<Vec<CountOfInstances>, HistoryError>;
    /// The snapshots whose volume is no more, the oldest first.
    async fn snapshots_without_volume(&self, accounts: &[String]) -> Result<Vec<SnapshotWithoutVolume>, HistoryError>;
    /// The instances that are stopped, the longest first.
    async fn stopped_instances(&self, accounts: &[String]) -> Result<Vec<StoppedInstance>, HistoryError>;

    /// What the database is and holds.
    async fn status(&self) -> Result<HistoryStatus, HistoryError>;
    /// Makes the partitions that are needed soon, and deletes what is past its retention; with no retention nothing.
    async fn maintain(&self, retention: Retention, now: Timestamp) -> Result<Pruned, HistoryError>;
    /// What [`Self::maintain`] would delete.
    async fn prunable(&self, retention: Retention, now: Timestamp) -> Result<Pruned, HistoryError>;
    /// What contradicts itself: nothing, unless somebody else wrote to it or the disk failed.
    async fn verify(&self) -> Result<Vec<Finding>, HistoryError>;
    /// Every row of a table as JSON objects with the columns' names, in the order of its key: `resources`,
    /// `resource_versions`, `cost_data`, `sync_history` or `cloud_accounts`.
    ///
    /// # Errors
    /// [`HistoryError::Invalid`] for another table, naming these.
    fn export<'a>(&'a self, table: &'a str) -> BoxStream<'a, Result<Map<String, Value>, HistoryError>>;
}

#[async_trait]
impl<E: Engine> History for E {
    fn description(&self) -> String {
        self.described()
    }

    async fn accounts(&self) -> Result<Vec<CloudAccount>, HistoryError> {
        store::accounts(self).await
    }

    async fn put_account(&self, account: &CloudAccount) -> Result<bool, HistoryError> {
        store::put_account(self, account).await
    }

    async fn remove_account(&self, id: &str) -> Result<bool, HistoryError> {
        store::remove_account(self, id).await
    }

    async fn store_resources(&self, sync: &ResourceSync<'_>) -> Result<SyncOutcome, HistoryError> {
        store::store_resources(self, sync).await
    }

    async fn store_costs(&self, sync: &CostSync<'_>) -> Result<SyncOutcome, HistoryError> {
        store::store_costs(self, sync).await
    }

    async fn record_failure(&self, sync: &FailedSync<'_>) -> Result<(), HistoryError> {
        store::record_failure(self, sync).await
    }

    async fn check_writable(&self) -> Result<(), HistoryError> {
        store::check_writable(self).await
    }

    async fn resources(
        &self,
        account: &str,
        kind: Kind,
        region: Option<&str>,
    ) -> Result<Vec<KeptResources>, HistoryError> {
        read::resources(self, account, kind, region).await
    }

    async fn costs(&self, account: &str, period: Period) -> Result<Option<CostsOfAccount>, HistoryError> {
        read::costs(self, account, period).await
    }

    async fn known_costs(&self, accounts: &[String]) -> Result<Vec<KnownCosts>, HistoryError> {
        read::known_costs(self, accounts).await
    }

    async fn as_of(&self, accounts: &[String], what: What) -> Result<Option<Timestamp>, HistoryError> {
        read::as_of(self, accounts, what).await
    }

    async fn syncs(&self, records: &SyncRecords) -> Result<Vec<SyncRecord>, HistoryError> {
        read::syncs(self, records).await
    }

    async fn longest_unsynced(
        &self,
        records: &SyncRecords,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, HistoryError> {
        read::longest_unsynced(self, records, since).await
    }

    async fn synced_accounts(&self) -> Result<Vec<String>, HistoryError> {
        read::synced_accounts(self).await
    }

    async fn monthly_costs(&self, accounts: &[String], months: Period) -> Result<Vec<CostOfMonth>, HistoryError> {
        read::monthly_costs(self, accounts, months).await
    }

    async fn daily_costs(&self, accounts: &[String], days: Period) -> Result<Vec<CostOfDay>, HistoryError> {
        read::daily_costs(self, accounts, days).await
    }

    async fn movers(
        &self,
        accounts: &[String],
        month: Date,
        metric: Metric,
        limit: u32,
    ) -> Result<Vec<Mover>, HistoryError> {
        read::movers(self, accounts, month, metric, limit).await
    }

    async fn instances_over_time(
        &self,
        accounts: &[String],
        by: Dimension,
        moments: &[Timestamp],
    ) -> Result<Vec<CountOfInstances>, HistoryError> {
        read::instances_over_time(self, accounts, by, moments).await
    }

    async fn snapshots_without_volume(&self, accounts: &[String]) -> Result<Vec<SnapshotWithoutVolume>, HistoryError> {
        read::snapshots_without_volume(self, accounts).await
    }

    async fn stopped_instances(&self, accounts: &[String]) -> Result<Vec<StoppedInstance>, HistoryError> {
        read::stopped_instances(self, accounts).await
    }

    async fn status(&self) -> Result<HistoryStatus, HistoryError> {
        upkeep::status(self).await
    }

    async fn maintain(&self, retention: Retention, now: Timestamp) -> Result<Pruned, HistoryError> {
        upkeep::maintain(self, retention, now).await
    }

    async fn prunable(&self, retention: Retention, now: Timestamp) -> Result<Pruned, HistoryError> {
        upkeep::prunable(self, retention, now).await
    }

    async fn verify(&self) -> Result<Vec<Finding>, HistoryError> {
        upkeep::verify(self).await
    }

    fn export<'a>(&'a self, table: &'a str) -> BoxStream<'a, Result<Map<String, Value>, HistoryError>> {
        upkeep::export(self, table)
    }
}
