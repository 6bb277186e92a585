use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Which operation was called, by which account, in which region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalledOperation {
    /// Service and operation as an IAM action: `drs:DescribeJobs`.
    pub operation: String,
    /// The twelve digits of the account whose access key signed the call.
    pub account_id: String,
    /// The region that the call was signed for.
    pub region: String,
}

/// Counts every call of a known operation with known credentials, whatever its answer was.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    counts: Mutex<BTreeMap<CalledOperation, u64>>,
}

impl Calls {
    /// Counts one call and returns how many of this kind came before it.
    pub(crate) fn record(&self, call: CalledOperation) -> u64 {
        let mut counts = self.lock();
        let count = counts.entry(call).or_default();
        *count += 1;
        *count - 1
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<CalledOperation, u64> {
        self.lock().clone()
    }

    pub(crate) fn count(&self, operation: &str) -> u64 {
        self.lock().iter().filter(|(call, _)| call.operation == operation).map(|(_, count)| count).sum()
    }

    /// The document of `GET /_standin/calls`.
    pub(crate) fn document(&self) -> serde_json::Value {
        #[derive(Serialize)]
        struct Row {
            #[serde(flatten)]
            call: CalledOperation,
            count: u64,
        }
        let rows: Vec<Row> = self.snapshot().into_iter().map(|(call, count)| Row { call, count }).collect();
        serde_json::json!({ "calls": rows })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CalledOperation, u64>> {
        // A count is whole after every step, so a panic elsewhere cannot have left a broken one.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_operation_account_and_region() {
        let calls = Calls::default();
        let call = |region: &str| CalledOperation {
            operation: "drs:DescribeJobs".into(),
            account_id: "111122223333".into(),
            region: region.into(),
        };
        assert_eq!(calls.record(call("us-east-1")), 0);
        assert_eq!(calls.record(call("us-east-1")), 1);
        assert_eq!(calls.record(call("eu-west-1")), 0);
        assert_eq!(calls.count("drs:DescribeJobs"), 3);
        assert_eq!(calls.count("drs:DescribeSourceServers"), 0);
        assert_eq!(calls.snapshot()[&call("us-east-1")], 2);
        assert_eq!(
            calls.document()["calls"][1],
            serde_json::json!({
                "operation": "drs:DescribeJobs",
                "accountId": "111122223333",
                "region": "us-east-1",
                "count": 2
            })
        );
    }
}
