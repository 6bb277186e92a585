use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// At most one flight of a key at a time: the first to come leads it, the others join.
pub(crate) struct Flights<K, V>(Arc<Mutex<HashMap<K, watch::Receiver<Option<V>>>>>);

/// Whether a caller has to do the work, or waits for who does.
pub(crate) enum Role<K: Eq + Hash, V> {
    Lead(Leader<K, V>),
    Join(Joiner<V>),
}

/// The right, and duty, to land a flight. Dropped without landing, it sets its joiners free to start again.
pub(crate) struct Leader<K: Eq + Hash, V> {
    flights: Arc<Mutex<HashMap<K, watch::Receiver<Option<V>>>>>,
    key: K,
    result: watch::Sender<Option<V>>,
}

/// Someone who waits for a flight.
pub(crate) struct Joiner<V>(watch::Receiver<Option<V>>);

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn lead_or_join(&self, key: &K) -> Role<K, V> {
        let mut flights = lock(&self.0);
        if let Some(result) = flights.get(key) {
            return Role::Join(Joiner(result.clone()));
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key.clone(), receiver);
        Role::Lead(Leader { flights: self.0.clone(), key: key.clone(), result: sender })
    }
}

impl<K: Eq + Hash, V> Leader<K, V> {
    /// Gives `value` to everyone who joined. Who comes later finds no flight.
    pub(crate) fn land(self, value: V) {
        lock(&self.flights).remove(&self.key);
        self.result.send_replace(Some(value));
    }
}

impl<K: Eq + Hash, V> Drop for Leader<K, V> {
    fn drop(&mut self) {
        // Landed flights are gone already, and the key may be another leader's by now.
        if self.result.borrow().is_none() {
            lock(&self.flights).remove(&self.key);
        }
    }
}

impl<V: Clone> Joiner<V> {
    /// What the flight brought, or `None` if its leader was dropped.
    pub(crate) async fn wait(mut self) -> Option<V> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|value| value.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn lead(flights: &Flights<&'static str, u32>, key: &'static str) -> Leader<&'static str, u32> {
        match flights.lead_or_join(&key) {
            Role::Lead(leader) => leader,
            Role::Join(_) => panic!("{key} is already in flight"),
        }
    }

    fn join(flights: &Flights<&'static str, u32>, key: &'static str) -> Joiner<u32> {
        match flights.lead_or_join(&key) {
            Role::Join(joiner) => joiner,
            Role::Lead(_) => panic!("{key} is not in flight"),
        }
    }

    #[test]
    fn joiners_get_what_the_leader_landed_and_later_ones_lead() {
        let flights = Flights::new();
        let leader = lead(&flights, "a");
        let joiners = [join(&flights, "a"), join(&flights, "a")];
        drop(lead(&flights, "b"));
        leader.land(7);
        for joiner in joiners {
            assert_eq!(joiner.wait().now_or_never(), Some(Some(7)));
        }
        drop(lead(&flights, "a"));
    }

    #[test]
    fn a_dropped_leader_sets_its_joiners_free() {
        let flights = Flights::new();
        let leader = lead(&flights, "a");
        let joiner = join(&flights, "a");
        drop(leader);
        assert_eq!(joiner.wait().now_or_never(), Some(None));
        let next = lead(&flights, "a");
        let joiner = join(&flights, "a");
        next.land(8);
        assert_eq!(joiner.wait().now_or_never(), Some(Some(8)));
    }
}
