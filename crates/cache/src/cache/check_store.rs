use super::Cache;
use crate::epoch::EPOCH;
use crate::key::Key;
use crate::store::{LeaseAttempt, Store, StoreError};

impl Cache {
    /// Asks the store for each kind of thing that a cache asks of it, and gives what failed: a store that can't be read
    /// is asked for nothing more. `key` is one that nothing is kept under; its lease is taken and given back. Nothing
    /// stays behind but an epoch item where there was none, as after any first question.
    pub async fn check_store(&self, key: &Key) -> Vec<StoreError> {
        match self.check_reads(key).await {
            Ok(()) => self.check_writes_and_listing(key).await,
            Err(error) => vec![error],
        }
    }

    async fn check_reads(&self, key: &Key) -> Result<(), StoreError> {
        if self.0.store.ask(EPOCH, Store::read_epoch).await?.is_none() {
            self.0.create_epoch().await?;
        }
        self.0.store.ask(key.data_type(), |store| store.read(key)).await?;
        Ok(())
    }

    /// Each may be denied for itself.
    async fn check_writes_and_listing(&self, key: &Key) -> Vec<StoreError> {
        let (store, lease) = (&self.0.store, self.0.lease_item());
        let data_type = key.data_type();
        let taken = store.ask(data_type, |store| store.take_lease(key, &lease, None)).await;
        let given_back = match &taken {
            Ok(LeaseAttempt::Taken) => store.ask(data_type, |store| store.release_lease(key, &lease.owner)).await,
            Ok(LeaseAttempt::Held(_)) | Err(_) => Ok(()),
        };
        let marked = store.ask(data_type, |store| store.mark_used(key, 0, 0)).await;
        let listed = store.ask_aside(data_type, |store| store.list(data_type, None, 1)).await;
        [taken.err(), given_back.err(), marked.err(), listed.err()].into_iter().flatten().collect()
    }
}
