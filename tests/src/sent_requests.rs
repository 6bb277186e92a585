//! What a DynamoDB client asks for, counted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

use crate::wait::wait_until;

/// Counts the requests of every client that it is an interceptor of, retries included. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct SentRequests(Arc<Mutex<Log>>);

/// Requests that were sent. Written out, `BatchGetItem + 2 PutItem`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many, by the name of their operation.
    pub by_operation: BTreeMap<String, u64>,
    /// The length of all their bodies.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Log {
    sent: Sent,
    under_way: u64,
}

impl SentRequests {
    /// What was sent since this was last called; it is forgotten.
    pub fn take(&self) -> Sent {
        std::mem::take(&mut self.log().sent)
    }

    /// Waits until no request is under way that an answer did not wait for.
    ///
    /// # Errors
    /// If one is not answered by [`crate::DEADLINE`].
    pub async fn settle(&self) -> anyhow::Result<()> {
        // What was spawned has to have begun to be seen.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        wait_until("no request is under way", async || Ok((self.log().under_way == 0).then_some(()))).await
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sent {
    /// How many requests there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_operation.values().sum()
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by_operation.is_empty() {
            return f.write_str("none");
        }
        for (number, (operation, count)) in self.by_operation.iter().enumerate() {
            let plus = if number == 0 { "" } else { " + " };
            let times = if *count == 1 { String::new() } else { format!("{count} ") };
            write!(f, "{plus}{times}{operation}")?;
        }
        Ok(())
    }
}

impl Intercept for SentRequests {
    fn name(&self) -> &'static str {
        "SentRequests"
    }

    fn read_before_attempt(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        // `DynamoDB_20120810.GetItem`
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut log = self.log();
        *log.sent.by_operation.entry(operation).or_default() += 1;
        log.sent.bytes += request.body().bytes().map_or(0, <[u8]>::len) as u64;
        log.under_way += 1;
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.log().under_way -= 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_reads_as_a_sum() {
        let by_operation = [("PutItem".to_owned(), 2), ("BatchGetItem".to_owned(), 1)].into();
        let sent = Sent { by_operation, bytes: 0 };
        assert_eq!((sent.to_string().as_str(), sent.count()), ("BatchGetItem + 2 PutItem", 3));
        assert_eq!(Sent::default().to_string(), "none");
    }
}
