use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use larder_cache::{Cache, Environment};

use super::document::documents;
use super::measured::Measured;
use super::of_cache::CacheSnapshot;

/// What a function measures, to be written at the end of each invocation: Lambda hands stdout on to CloudWatch, which
/// makes metrics of what is in its embedded metric format.
pub struct MetricsLog {
    namespace: Option<String>,
    environment: Arc<dyn Environment>,
    cache: Option<Cache>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    before: Option<CacheSnapshot>,
    noted: Vec<Measured>,
}

impl MetricsLog {
    /// One in that namespace; without any, nothing is ever written. What `cache` counts is told of without being noted.
    #[must_use]
    pub fn new(namespace: Option<String>, environment: Arc<dyn Environment>, cache: Option<Cache>) -> Self {
        let before = cache.as_ref().map(CacheSnapshot::of);
        Self { namespace, environment, cache, state: Mutex::new(State { before, noted: Vec::new() }) }
    }

    /// What an invocation measured besides.
    pub fn note(&self, measured: impl Into<Measured>) {
        if self.namespace.is_some() {
            self.state().noted.push(measured.into());
        }
    }

    /// Writes a line for each document: what was noted and counted since the last time. `properties` stand in each, for
    /// whoever looks for the invocation that a value is of.
    ///
    /// # Errors
    /// The writer's. What could not be written is lost.
    pub fn write(&self, properties: &[(&str, &str)], mut to: impl Write) -> io::Result<()> {
        let Some(namespace) = &self.namespace else { return Ok(()) };
        let now = self.environment.now().unix_millis();
        let lines: String = self
            .taken()
            .iter()
            .flat_map(|measured| documents(namespace, now, properties, measured))
            .map(|document| format!("{document}\n"))
            .collect();
        // In one piece, so that nothing else that writes gets between two halves of a line.
        to.write_all(lines.as_bytes())?;
        to.flush()
    }

    fn taken(&self) -> Vec<Measured> {
        let mut state = self.state();
        let mut taken = std::mem::take(&mut state.noted);
        if let Some(cache) = &self.cache {
            let now = CacheSnapshot::of(cache);
            taken.extend(state.before.iter().flat_map(|before| now.since(before)));
            state.before = Some(now);
        }
        taken
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic inside leaves it as it was, so a poisoned lock is still good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
