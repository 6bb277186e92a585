use std::sync::Arc;

use larder_runtime::{Month, Quality, Second, Server};

use super::{Item, Items, KeptAnswer, TableError};

/// Answers as items of the runtime table, each in place of an earlier one only.
#[derive(Clone, Debug)]
pub(super) struct AnswerItems(Arc<dyn Items>);

impl AnswerItems {
    pub(super) fn new(items: Arc<dyn Items>) -> Self {
        Self(items)
    }

    /// Keeps an answer, unless a later one is there.
    pub(super) async fn keep(&self, hash: &str, range: &str, kept: &KeptAnswer) -> Result<(), TableError> {
        let is_later = |there: &KeptAnswer| there.answer.as_of > kept.answer.as_of;
        self.change(hash, range, |there| (!there.is_some_and(|there| is_later(&there))).then(|| kept.clone())).await
    }

    /// The answer of the month, if there is one, counts on as an earlier one; one of an earlier month gives way to none.
    pub(super) async fn make_stale(
        &self,
        hash: &str,
        range: &str,
        (server, month, now): (&Server, Month, Second),
    ) -> Result<(), TableError> {
        let stale = |there: Option<KeptAnswer>| match there {
            Some(mut there) if there.answer.month >= month => {
                there.answer.quality = Quality::Stale;
                there
            }
            _ => KeptAnswer::unknown(server.clone(), month, now),
        };
        self.change(hash, range, |there| Some(stale(there))).await
    }

    pub(super) async fn get(&self, hash: &str, range: &str) -> Result<Option<KeptAnswer>, TableError> {
        self.0.get(hash, range).await?.as_ref().map(read).transpose()
    }

    /// The first answers from one range key to another, `most` at most.
    pub(super) async fn first_between(
        &self,
        hash: &str,
        (from, to): (&str, &str),
        most: usize,
    ) -> Result<Vec<KeptAnswer>, TableError> {
        self.0.first_between(hash, (from, to), most).await?.iter().map(read).collect()
    }

    /// Puts what `next` makes of the answer that is there, as often as somebody else was faster.
    async fn change(
        &self,
        hash: &str,
        range: &str,
        next: impl Fn(Option<KeptAnswer>) -> Option<KeptAnswer> + Send + Sync,
    ) -> Result<(), TableError> {
        loop {
            let item = self.0.get(hash, range).await?;
            let kept = item.as_ref().map(read).transpose()?;
            let Some(next) = next(kept) else { return Ok(()) };
            let version = item.map(|item| item.version);
            let body = serde_json::to_string(&next).map_err(|error| unreadable(range, &error))?;
            let next = version.map_or(1, |version| version.wrapping_add(1));
            let (hash, range) = (hash.to_owned(), range.to_owned());
            if self.0.replace(Item { hash, range, body, version: next, expires: None }, version).await? {
                return Ok(());
            }
        }
    }
}

fn read(item: &Item) -> Result<KeptAnswer, TableError> {
    serde_json::from_str(&item.body).map_err(|error| unreadable(&item.range, &error))
}

fn unreadable(range: &str, error: &serde_json::Error) -> TableError {
    TableError { table: "the runtime table".to_owned(), reason: format!("the answer {range}: {error}") }
}
