use larder_runtime::{Checkpoint, Second};
use serde::{Deserialize, Serialize};

use super::{EVIDENCE_KEPT_FOR, History, LAST, Ledger, evidence_key, item, read};
use crate::runtime::{Item, TableError};

const CHECKPOINT: &str = "checkpoint";

/// A checkpoint, and since when it has the days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// `None` where evidence came that it would not have had.
    checkpoint: Option<(Second, Checkpoint)>,
}

impl Ledger {
    /// The checkpoint of an instance and all evidence after it; without one that counts, all evidence there is. `from` is
    /// the first second whose days it must have.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn history(&self, id: &str, from: Second) -> Result<History, TableError> {
        let kept = self.items.get(id, CHECKPOINT).await?;
        let version = kept.as_ref().map(|item| item.version);
        let kept: Kept = kept.as_ref().map_or_else(|| Ok(Kept::default()), read)?;
        if let Some((since, checkpoint)) = kept.checkpoint.filter(|(since, _)| *since <= from) {
            let evidence = self.evidence(id, &format!("{}{LAST}", evidence_key(checkpoint.until()))).await?;
            if !evidence.iter().any(|evidence| checkpoint.is_disturbed_by(evidence)) {
                return Ok(History { version, checkpoint: Some((since, checkpoint)), evidence });
            }
        }
        Ok(History { version, checkpoint: None, evidence: self.all_evidence(id).await? })
    }

    /// Keeps a checkpoint that has the days since `from`, unless evidence was added since that history was read.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn keep_checkpoint(
        &self,
        id: &str,
        history: &History,
        from: Second,
        checkpoint: Checkpoint,
    ) -> Result<(), TableError> {
        let kept = Kept { checkpoint: Some((from, checkpoint)) };
        if !self.replace_checkpoint(id, history.version, &kept, None).await? {
            tracing::debug!(instance = id, "evidence came while a checkpoint was made: the next run makes it");
        }
        Ok(())
    }

    /// Gives up a checkpoint that would not have evidence of that time, also one that somebody else is about to write.
    pub(super) async fn disturb(&self, id: &str, time: Second) -> Result<(), TableError> {
        loop {
            let item = self.items.get(id, CHECKPOINT).await?;
            let mut kept: Kept = item.as_ref().map_or_else(|| Ok(Kept::default()), read)?;
            kept.checkpoint = kept.checkpoint.filter(|(_, checkpoint)| checkpoint.until() < time);
            // Written even if nothing changes, so that its version does.
            // Nobody needs it any longer than the evidence.
            let expires = kept.checkpoint.is_none().then(|| time.plus(EVIDENCE_KEPT_FOR));
            if self.replace_checkpoint(id, item.map(|item| item.version), &kept, expires).await? {
                return Ok(());
            }
        }
    }

    async fn replace_checkpoint(
        &self,
        id: &str,
        version: Option<u64>,
        kept: &Kept,
        expires: Option<Second>,
    ) -> Result<bool, TableError> {
        let next = Item {
            version: version.map_or(1, |version| version.wrapping_add(1)),
            ..item(id.to_owned(), CHECKPOINT.to_owned(), kept, expires)?
        };
        self.items.replace(next, version).await
    }
}
