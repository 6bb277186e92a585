use std::collections::BTreeMap;

use larder_cache::{Account, Key};

use super::due::Due;
use crate::problem::{Code, Problem};

/// Whose turn it is among the accounts of a data type. One that was not heard of yet is asked for one thing at first; one
/// failure, and it is asked for nothing more, unless only that one answer was at fault.
#[derive(Default)]
pub(super) struct Turns(BTreeMap<Option<String>, Standing>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Asked,
    Answers,
    Failed,
}

impl Turns {
    /// The first of those that wait that may go now; it is asked from then on.
    pub(super) fn take_first(&mut self, waiting: &mut Vec<Due>) -> Option<Due> {
        let may_go = |due: &Due| self.0.get(&account_of(&due.key)).is_none_or(|it| *it == Standing::Answers);
        let next = waiting.remove(waiting.iter().position(may_go)?);
        self.0.entry(account_of(&next.key)).or_insert(Standing::Asked);
        Some(next)
    }

    /// AWS answered, or needed not be asked.
    pub(super) fn answered(&mut self, key: &Key) {
        let standing = self.0.entry(account_of(key)).or_insert(Standing::Answers);
        if *standing == Standing::Asked {
            *standing = Standing::Answers;
        }
    }

    /// AWS or the store failed: what waits of that account, or all, goes no more. How much that is. An answer that was too
    /// large to be kept is one.
    pub(super) fn failed(&mut self, key: &Key, problem: &Problem, waiting: &mut Vec<Due>) -> usize {
        if problem.code() == Code::ResultTooLarge {
            self.answered(key);
            return 0;
        }
        let (account, before) = (account_of(key), waiting.len());
        let is_the_store = problem.code() == Code::StoreUnavailable;
        waiting.retain(|due| !is_the_store && account_of(&due.key) != account);
        self.0.insert(account, Standing::Failed);
        before - waiting.len()
    }
}

/// `None` is the own one, which answers for all.
fn account_of(key: &Key) -> Option<String> {
    match &key.scope().account {
        Account::Id(id) => Some(id.clone()),
        Account::Global => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::inspection::key_of;
    use crate::warming::period::Period;

    const OWN: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn due(region: &str, account: &str) -> Due {
        let key = key_of(&format!("ec2-subnets#{region}#{account}")).expect("a key");
        Due::kept(key, None, &Period::around(0, Duration::from_mins(5)))
    }

    /// The regions and accounts of those that begin now.
    fn begun(turns: &mut Turns, waiting: &mut Vec<Due>) -> Vec<Due> {
        std::iter::from_fn(|| turns.take_first(waiting)).collect()
    }

    fn waiting() -> Vec<Due> {
        let places = [("us-east-1", OWN), ("us-west-2", OWN), ("us-east-1", OTHER), ("eu-west-1", OWN)];
        places.map(|(region, account)| due(region, account)).into()
    }

    fn keys(due: &[Due]) -> Vec<&str> {
        due.iter().map(|due| due.key.as_str()).collect()
    }

    #[test]
    fn an_account_is_asked_for_one_thing_until_it_has_answered() {
        let (mut turns, mut waiting) = (Turns::default(), waiting());
        let first = begun(&mut turns, &mut waiting);
        assert_eq!(keys(&first), ["ec2-subnets#us-east-1#111122223333", "ec2-subnets#us-east-1#444455556666"]);
        turns.answered(&first[0].key);
        let then = begun(&mut turns, &mut waiting);
        assert_eq!(keys(&then), ["ec2-subnets#us-west-2#111122223333", "ec2-subnets#eu-west-1#111122223333"]);
    }

    #[test]
    fn one_failure_ends_an_account_and_no_other() {
        let (mut turns, mut waiting) = (Turns::default(), waiting());
        let first = begun(&mut turns, &mut waiting);
        let denied = Problem::new(Code::AccessDenied, "No.");
        assert_eq!(turns.failed(&first[1].key, &denied, &mut waiting), 0);
        turns.answered(&first[0].key);
        waiting.push(due("eu-west-1", OTHER));
        assert_eq!(begun(&mut turns, &mut waiting).len(), 2);
        turns.answered(&first[1].key);
        assert_eq!(begun(&mut turns, &mut waiting).len(), 0, "what was under way revives no account");
    }

    #[test]
    fn an_answer_that_is_too_large_to_be_kept_ends_nothing() {
        let (mut turns, mut waiting) = (Turns::default(), waiting());
        let first = begun(&mut turns, &mut waiting);
        let problem = Problem::new(Code::ResultTooLarge, "No.");
        assert_eq!(turns.failed(&first[0].key, &problem, &mut waiting), 0);
        assert_eq!(begun(&mut turns, &mut waiting).len(), 2);
    }

    #[test]
    fn a_store_that_fails_ends_all() {
        let (mut turns, mut waiting) = (Turns::default(), waiting());
        let first = turns.take_first(&mut waiting).expect("one");
        let problem = Problem::new(Code::StoreUnavailable, "No.");
        assert_eq!((turns.failed(&first.key, &problem, &mut waiting), waiting.len()), (3, 0));
    }
}
