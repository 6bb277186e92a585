use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::hash::Hash;

use stateright::{Checker, HasDiscoveries, Model, Path};

use crate::promise::{Promise, WITNESS};

/// Looks at every state that `model` can come to: no promise is broken in any.
pub(crate) fn assert_holds<M>(name: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq,
{
    let checker = model.checker().threads(THREADS).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    if let Some((promise, path)) = checker.discoveries().into_iter().next() {
        panic!("{name}: {promise} is broken\n{}", told(path));
    }
    say(&format!("{name}: holds in all of {} states", checker.unique_state_count()));
}

/// Looks for a run in which `promise` is broken.
pub(crate) fn assert_broken<M>(name: &str, promise: Promise, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq,
{
    assert_found(name, promise.name(), model);
}

/// Looks for a run in which what `model` seeks happens.
pub(crate) fn assert_witnessed<M>(name: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq,
{
    assert_found(name, WITNESS, model);
}

const THREADS: usize = 2;

fn assert_found<M>(name: &str, property: &'static str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq,
{
    let sought = HasDiscoveries::AllOf(BTreeSet::from([property]));
    let checker = model.checker().threads(THREADS).finish_when(sought).spawn_bfs().join();
    let Some(path) = checker.discovery(property) else {
        panic!("{name}: no run shows {property} in all of {} states", checker.unique_state_count());
    };
    say(&format!("{name}: {property} in {} steps", path.into_actions().len()));
}

/// A run, step by step, and what it came to.
fn told<S: Debug, A: Debug>(path: Path<S, A>) -> String {
    let mut text = String::new();
    for (number, (state, action)) in (1..).zip(Vec::from(path)) {
        let _ = match action {
            Some(action) => writeln!(text, "{number:>3}. {action:?}"),
            None => writeln!(text, "{state:#?}"),
        };
    }
    text
}

#[expect(clippy::print_stdout, reason = "how much was looked at is for who runs the tests to see")]
fn say(line: &str) {
    println!("{line}");
}
