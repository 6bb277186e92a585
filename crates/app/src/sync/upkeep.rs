use std::time::Duration;

use larder_history::{Pruned, Retention};

use crate::App;
use crate::problem::Problem;

/// A database that takes longer to write next to nothing will not keep a sync.
const LONGEST_CHECK: Duration = Duration::from_secs(15);

impl App {
    /// That a sync could be kept now, where there is a history at all.
    ///
    /// # Errors
    /// [`crate::problem::Code::HistoryUnavailable`].
    pub(crate) async fn check_history_writable(&self) -> Result<(), Problem> {
        let history = self.history();
        if !history.is_configured() {
            return Ok(());
        }
        let opened = history.opened().await?;
        history.told_within(LONGEST_CHECK, opened.check_writable()).await
    }

    /// Makes the partitions of the history's database that are needed soon, and deletes what is past its retention. What is
    /// not done within that time leaves all as it was.
    ///
    /// # Errors
    /// If the history can't be asked, or takes longer.
    pub async fn see_to_history(&self, retention: Retention, within: Duration) -> Result<Pruned, Problem> {
        let history = self.history();
        let opened = history.opened().await?;
        let pruned = history.told_within(within, opened.maintain(retention, self.now())).await?;
        let Pruned { versions, costs, syncs } = pruned;
        tracing::info!(versions, costs, syncs, "the history was seen to");
        Ok(pruned)
    }
}
