use std::sync::Arc;

use larder_sources::AccountId;
use serde::Serialize;
use tokio::sync::{broadcast, watch};

/// How many changes somebody may be behind: who is further behind asks anew anyway.
const KEPT: usize = 64;

/// Tells whoever listens what has changed, so that nobody has to ask. Cloning is a reference count.
///
/// Telling costs next to nothing where nobody listens.
#[derive(Clone)]
pub struct Changes(Arc<Inside>);

struct Inside {
    told: broadcast::Sender<Change>,
    over: watch::Sender<bool>,
}

/// What has changed, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The kind.
    pub what: What,
    /// The account that it concerns; absent where it may concern any.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub account_id: Option<AccountId>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Entries were invalidated.
    Cache,
    /// A sync of instances, snapshots or images has ended.
    Inventory,
    /// A sync of costs has ended.
    Costs,
    /// Running minutes were worked out.
    Runtime,
}

/// The changes that somebody has not heard yet, in their order.
pub(crate) struct Heard {
    told: broadcast::Receiver<Change>,
    over: watch::Receiver<bool>,
}

impl Changes {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inside { told: broadcast::Sender::new(KEPT), over: watch::Sender::new(false) }))
    }

    /// Tells everybody who listens.
    pub fn tell(&self, what: What, account_id: Option<AccountId>) {
        // It can only fail where nobody listens.
        let _ = self.0.told.send(Change { what, account_id });
    }

    /// Ends all listening, now and later on: a server that stops has nothing left to tell.
    pub fn end(&self) {
        self.0.over.send_replace(true);
    }

    pub(crate) fn listen(&self) -> Heard {
        Heard { told: self.0.told.subscribe(), over: self.0.over.subscribe() }
    }
}

impl Heard {
    /// The next change; `None` once all is over. Changes that came too fast to be heard are left out.
    pub(crate) async fn next(&mut self) -> Option<Change> {
        loop {
            let told = tokio::select! {
                biased;
                _ = self.over.wait_for(|over| *over) => return None,
                told = self.told.recv() => told,
            };
            match told {
                Ok(change) => return Some(change),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

fn as_text<S: serde::Serializer>(account: &Option<AccountId>, serializer: S) -> Result<S::Ok, S::Error> {
    match account {
        Some(account) => serializer.collect_str(account),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_listens_hears_it_and_nobody_else_does() {
        let changes = Changes::new();
        changes.tell(What::Cache, None);
        let (mut one, mut other) = (changes.listen(), changes.listen());
        changes.tell(What::Costs, AccountId::parse("111122223333"));
        for heard in [&mut one, &mut other] {
            let change = heard.next().await.expect("it was told");
            let document = serde_json::to_value(&change).expect("JSON");
            assert_eq!(document, serde_json::json!({"what": "costs", "accountId": "111122223333"}));
        }
    }

    #[tokio::test]
    async fn who_is_too_far_behind_hears_the_latest() {
        let changes = Changes::new();
        let mut heard = changes.listen();
        (0..=KEPT).for_each(|_| changes.tell(What::Cache, None));
        changes.tell(What::Runtime, None);
        let mut last = heard.next().await.expect("it was told");
        for _ in 1..KEPT {
            last = heard.next().await.expect("it was told");
        }
        assert_eq!(last.what, What::Runtime);
    }

    #[tokio::test]
    async fn at_the_end_nobody_waits_any_longer() {
        let changes = Changes::new();
        let mut before = changes.listen();
        changes.tell(What::Cache, None);
        changes.end();
        assert_eq!(before.next().await, None);
        assert_eq!(changes.listen().next().await, None);
    }
}
