use std::time::Duration;

use larder_history::{Pruned, Retention};

use crate::App;
use crate::problem::Problem;

/// Deleting years at once takes its time.
const LONGEST_UPKEEP: Duration = Duration::from_secs(60 * 60);

impl App {
    /// Makes the partitions of the history's database that are needed soon, and deletes what is past its retention.
    ///
    /// # Errors
    /// If the history can't be asked.
    pub async fn see_to_history(&self, retention: Retention) -> Result<Pruned, Problem> {
        let history = self.history();
        let opened = history.opened().await?;
        let pruned = history.told_within(LONGEST_UPKEEP, opened.maintain(retention, self.now())).await?;
        let Pruned { versions, costs, syncs } = pruned;
        tracing::info!(versions, costs, syncs, "the history was seen to");
        Ok(pruned)
    }
}
