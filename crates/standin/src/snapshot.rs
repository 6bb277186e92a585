use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::operations::Call;
use crate::paging::InvalidToken;

/// How long after a list's first page the others may be asked for.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// A list that changes from second to second, as it was when its first page was asked for: its later pages are of the
/// same list, and only for who asks the same question again.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// When the first page was asked for, in whole seconds.
    pub(crate) taken: Timestamp,
    question: u64,
}

impl Snapshot {
    /// The list that `token` goes on with, and what the token says of the page; a new list if there is none.
    pub(crate) fn of<'a>(
        call: &Call,
        token: Option<&'a str>,
        question: impl Hash,
    ) -> Result<(Self, Option<&'a str>), InvalidToken> {
        let mut hasher = DefaultHasher::new();
        (call.operation, call.account.id(), call.region, question).hash(&mut hasher);
        let question = hasher.finish();
        let Some(token) = token else {
            let taken = Timestamp::from_second(call.now.as_second()).unwrap_or(call.now);
            return Ok((Self { taken, question }, None));
        };
        let (head, page) = token.split_once('.').ok_or(InvalidToken)?;
        let head = URL_SAFE_NO_PAD.decode(head).map_err(|_| InvalidToken)?;
        let (taken, asked) = head.split_first_chunk::<8>().ok_or(InvalidToken)?;
        let taken = Timestamp::from_second(i64::from_be_bytes(*taken)).map_err(|_| InvalidToken)?;
        let fits = asked == question.to_be_bytes() && call.now.duration_since(taken) <= LIFETIME;
        if fits { Ok((Self { taken, question }, Some(page))) } else { Err(InvalidToken) }
    }

    /// The token of the page that `page` asks for.
    pub(crate) fn token(&self, page: &str) -> String {
        let head = [self.taken.as_second().to_be_bytes(), self.question.to_be_bytes()].concat();
        format!("{}.{page}", URL_SAFE_NO_PAD.encode(head))
    }
}
