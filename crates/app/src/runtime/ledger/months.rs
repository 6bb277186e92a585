use larder_runtime::Month;

use super::{Ledger, item, read};
use crate::runtime::{Item, KeptMonth, TableError};

/// What is kept of an instance's month, to be replaced if nobody else does.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthBefore {
    /// Which month.
    pub month: Month,
    /// `None` if nothing is kept yet.
    pub kept: Option<KeptMonth>,
    version: Option<u64>,
}

impl Ledger {
    /// What is kept of an instance's month.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn month(&self, id: &str, month: Month) -> Result<Option<KeptMonth>, TableError> {
        Ok(self.month_before(id, month).await?.kept)
    }

    /// The same, for [`Self::replace_month`].
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn month_before(&self, id: &str, month: Month) -> Result<MonthBefore, TableError> {
        let item = self.items.get(id, &key(month)).await?;
        let version = item.as_ref().map(|item| item.version);
        Ok(MonthBefore { month, kept: item.as_ref().map(read).transpose()?, version })
    }

    /// Keeps a month in place of what was kept of it, and gives it as it is now; `None` if somebody else has replaced it
    /// since.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn replace_month(
        &self,
        before: &MonthBefore,
        kept: KeptMonth,
    ) -> Result<Option<MonthBefore>, TableError> {
        let (id, range) = (kept.kept.answer.server.instance_id.clone(), key(before.month));
        let version = before.version.map_or(1, |version| version.wrapping_add(1));
        let next = Item { version, ..item(id, range, &kept, None)? };
        let is_replaced = self.items.replace(next, before.version).await?;
        Ok(is_replaced.then_some(MonthBefore { month: before.month, kept: Some(kept), version: Some(version) }))
    }
}

fn key(month: Month) -> String {
    format!("month#{month}")
}
