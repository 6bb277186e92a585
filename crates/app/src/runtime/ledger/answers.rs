use larder_runtime::{Month, Second};

use super::{LAST, Ledger};
use crate::runtime::answer_items::AnswerItems;
use crate::runtime::{KeptAnswer, Place, TableError};

/// Behind an id, and before every other that is greater.
const BEHIND: char = '!';

/// A month's answers by account and region, for who asks for all servers: whatever became of a server, its months stay.
impl Ledger {
    /// The answers of a month in the order of their servers, `most` at most: those after a server, or the first ones.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn answers(
        &self,
        place: &Place,
        month: Month,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<KeptAnswer>, TableError> {
        let from = after.map_or_else(String::new, |after| format!("{after}{BEHIND}"));
        let (from, to) = (answer_key(month, &from), answer_key(month, &LAST.to_string()));
        self.answer_items().first_between(&place.to_string(), (&from, &to), most).await
    }

    /// The answer of a server's month counts on as an earlier one. Where there is none, there is one that says so.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn make_stale(&self, place: &Place, id: &str, month: Month, now: Second) -> Result<(), TableError> {
        let server = place.server(id);
        self.answer_items().make_stale(&place.to_string(), &answer_key(month, id), (&server, month, now)).await
    }

    pub(super) async fn keep_answer(&self, place: &Place, kept: &KeptAnswer) -> Result<(), TableError> {
        let range = answer_key(kept.answer.month, &kept.answer.server.instance_id);
        self.answer_items().keep(&place.to_string(), &range, kept).await
    }

    fn answer_items(&self) -> AnswerItems {
        AnswerItems::new(self.items.clone())
    }
}

fn answer_key(month: Month, id: &str) -> String {
    format!("answer#{month}#{id}")
}
