use larder_app::{AccountId, DRS_ACCOUNTS};
use serde_json::json;

use super::changing::Changing;
use super::invalidation::Invalidated;
use crate::exit::Exit;
use crate::output::{complain, say, say_json};
use crate::session::Given;

/// What a command did to a registry.
pub(super) struct Change<'a> {
    pub(super) account: &'a AccountId,
    /// `added`, `replaced` or `removed`.
    pub(super) done: &'static str,
    /// `to`, `in` or `from`.
    pub(super) preposition: &'static str,
    pub(super) invalidated: Invalidated,
}

/// Tells it. The change stands whatever became of the store, but a store that could not be told is a failure.
pub(super) fn tell(given: &Given, changing: &Changing, change: &Change<'_>) -> anyhow::Result<Exit> {
    let Change { account, done, preposition, invalidated } = change;
    let registry = changing.registry_in_words();
    let dead = match invalidated {
        Invalidated::Done(dead) => dead.as_slice(),
        Invalidated::NothingKept | Invalidated::Failed(_) => &[],
    };
    if given.json {
        say_json(&json!({"accountId": account, "done": done, "registry": registry, "invalidated": dead}))?;
    } else {
        let invalidated = if dead.is_empty() { String::new() } else { format!(" Invalidated: {}.", dead.join(", ")) };
        say(&format!("{account} was {done} {preposition} {registry}.{invalidated}\n{}", changing.seen_when()));
    }
    let Invalidated::Failed(reason) = invalidated else { return Ok(Exit::Done) };
    let reason = reason.trim_end_matches('.');
    complain(&format!(
        "error: the change stands, but what is kept may be answered until its TTL ends: {reason}. When the store is \
         reachable again: larder cache clear --type {DRS_ACCOUNTS}, and larder cache clear --account {account}"
    ));
    Ok(Exit::Failed)
}
