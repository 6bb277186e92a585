use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Fault, FaultKind, Lasts};
use crate::calls::CalledOperation;

/// The faults in place, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Mutex<Vec<Active>>,
}

#[derive(Debug)]
struct Active {
    fault: Fault,
    since: Timestamp,
}

impl Faults {
    /// Puts a fault in place, behind those that are.
    pub(crate) fn add(&self, fault: Fault, now: Timestamp) {
        tracing::info!(?fault, "a fault is put in place");
        self.lock(now).push(Active { fault, since: now });
    }

    pub(crate) fn clear(&self) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The faults that are not over; one with a number of calls tells how many are left.
    pub(crate) fn list(&self, now: Timestamp) -> Vec<Fault> {
        self.lock(now).iter().map(|it| it.fault.clone()).collect()
    }

    /// What happens to this call: the oldest fault that hits it decides, and has one call less to go.
    pub(crate) fn strike(&self, call: &CalledOperation, now: Timestamp) -> Option<FaultKind> {
        let mut active = self.lock(now);
        let fault = active.iter_mut().map(|it| &mut it.fault).find(|fault| fault.hits(call))?;
        if let Lasts::Calls(left) = &mut fault.lasts {
            *left -= 1;
        }
        tracing::debug!(operation = call.operation, kind = ?fault.kind, "a fault hits a call");
        Some(fault.kind)
    }

    /// The faults, without those that are over.
    fn lock(&self, now: Timestamp) -> MutexGuard<'_, Vec<Active>> {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.retain(|it| match it.fault.lasts {
            Lasts::Calls(left) => left > 0,
            Lasts::For(time) => it.since.checked_add(time).is_ok_and(|end| now < end),
            Lasts::UntilCleared => true,
        });
        active
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fleet::Fleet;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn call(operation: &str, account_id: &str, region: &str) -> CalledOperation {
        let [operation, account_id, region] = [operation, account_id, region].map(str::to_owned);
        CalledOperation { operation, account_id, region }
    }

    fn jobs(account_id: &str, region: &str) -> CalledOperation {
        call("drs:DescribeJobs", account_id, region)
    }

    #[test]
    fn a_fault_hits_the_calls_that_it_names() {
        let fleet = Fleet::generate(1);
        let account = fleet.accounts()[1].id();
        let faults = Faults::default();
        faults.add(Fault::on("drs:*", FaultKind::Dropped).of_account(account).in_region("eu-west-1"), START);
        let strike = |call: &CalledOperation| faults.strike(call, START);
        assert_eq!(strike(&jobs(account.as_str(), "eu-west-1")), Some(FaultKind::Dropped));
        assert_eq!(strike(&jobs(account.as_str(), "us-east-1")), None);
        assert_eq!(strike(&jobs("111122223333", "eu-west-1")), None);
        assert_eq!(strike(&call("ec2:DescribeSubnets", account.as_str(), "eu-west-1")), None);
        faults.clear();
        assert_eq!(strike(&jobs(account.as_str(), "eu-west-1")), None);
    }

    #[test]
    fn faults_come_one_after_the_other_and_end() {
        let faults = Faults::default();
        faults.add(Fault::on("drs:DescribeJobs", FaultKind::Throttled).for_calls(2), START);
        faults.add(Fault::on("*", FaultKind::ServerError).for_time(Duration::from_secs(10)), START);
        let at = |second| {
            let now = Timestamp::constant(second, 0);
            faults.strike(&jobs("111122223333", "us-east-1"), now)
        };
        assert_eq!([at(0), at(1)], [Some(FaultKind::Throttled); 2]);
        assert_eq!([at(2), at(9)], [Some(FaultKind::ServerError); 2]);
        assert_eq!(at(10), None);
        assert!(faults.list(START).is_empty());
    }
}
