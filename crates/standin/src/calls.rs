use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
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
    tallies: Mutex<BTreeMap<CalledOperation, Tally>>,
}

/// The calls of one kind.
#[derive(Debug, Default)]
struct Tally {
    count: u64,
    /// When those of the last second came.
    latest: VecDeque<Timestamp>,
    most_in_a_second: u64,
}

/// A call among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// How many came before it.
    pub(crate) before: u64,
    /// How many came in the second that ends with it, itself too.
    pub(crate) within_a_second: u64,
}

impl Calls {
    /// Counts one call. The clock is asked when it is its turn, so that times are in the order of the calls.
    pub(crate) fn record(&self, call: CalledOperation, now: impl FnOnce() -> Timestamp) -> Turn {
        let mut tallies = self.lock();
        let tally = tallies.entry(call).or_default();
        let now = now();
        let over = |earlier: &Timestamp| now.duration_since(*earlier) >= SignedDuration::from_secs(1);
        while tally.latest.front().is_some_and(over) {
            tally.latest.pop_front();
        }
        tally.latest.push_back(now);
        let within_a_second = tally.latest.len() as u64;
        tally.most_in_a_second = tally.most_in_a_second.max(within_a_second);
        tally.count += 1;
        Turn { before: tally.count - 1, within_a_second }
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<CalledOperation, u64> {
        self.lock().iter().map(|(call, tally)| (call.clone(), tally.count)).collect()
    }

    pub(crate) fn most_in_a_second(&self) -> BTreeMap<CalledOperation, u64> {
        self.lock().iter().map(|(call, tally)| (call.clone(), tally.most_in_a_second)).collect()
    }

    pub(crate) fn count(&self, operation: &str) -> u64 {
        self.lock().iter().filter(|(call, _)| call.operation == operation).map(|(_, tally)| tally.count).sum()
    }

    /// The document of `GET /_standin/calls`.
    pub(crate) fn document(&self) -> serde_json::Value {
        #[derive(Serialize)]
        struct Row {
            #[serde(flatten)]
            call: CalledOperation,
            count: u64,
            #[serde(rename = "mostInASecond")]
            most_in_a_second: u64,
        }
        let tallies = self.lock();
        let rows: Vec<Row> = tallies
            .iter()
            .map(|(call, Tally { count, most_in_a_second, .. })| Row {
                call: call.clone(),
                count: *count,
                most_in_a_second: *most_in_a_second,
            })
            .collect();
        serde_json::json!({ "calls": rows })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CalledOperation, Tally>> {
        // A count is whole after every step, so a panic elsewhere cannot have left a broken one.
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
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
        let record = |region, second| calls.record(call(region), || Timestamp::constant(second, 0));
        assert_eq!(record("us-east-1", 7), Turn { before: 0, within_a_second: 1 });
        assert_eq!(record("us-east-1", 8), Turn { before: 1, within_a_second: 1 });
        assert_eq!(record("eu-west-1", 8), Turn { before: 0, within_a_second: 1 });
        assert_eq!(calls.count("drs:DescribeJobs"), 3);
        assert_eq!(calls.count("drs:DescribeSourceServers"), 0);
        assert_eq!(calls.snapshot()[&call("us-east-1")], 2);
        assert_eq!(
            calls.document()["calls"][1],
            serde_json::json!({
                "operation": "drs:DescribeJobs",
                "accountId": "111122223333",
                "region": "us-east-1",
                "count": 2,
                "mostInASecond": 1
            })
        );
    }

    #[test]
    fn a_second_is_any_second_not_one_of_the_clock_s() {
        let calls = Calls::default();
        let call =
            CalledOperation { operation: "a:B".into(), account_id: "111122223333".into(), region: "us-east-1".into() };
        let moments = [(1, 0), (1, 900), (2, 100), (2, 899), (2, 901), (9, 0)];
        let within = moments.map(|(second, milliseconds)| {
            let now = Timestamp::constant(second, milliseconds * 1_000_000);
            calls.record(call.clone(), || now).within_a_second
        });
        assert_eq!(within, [1, 2, 2, 3, 3, 1]);
        assert_eq!(calls.most_in_a_second()[&call], 3);
    }
}
