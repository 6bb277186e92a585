use crate::calls::CalledOperation;
use crate::operations::Call;

/// The key of the tag that [`CallTags::Present`] adds.
pub const CALL_TAG: &str = "larder:call";

/// Whether an answer tells which call it answers, so that two answers to one question can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallTags {
    /// It does not: the same question is answered alike every time.
    #[default]
    Absent,
    /// Each item that has tags has [`CALL_TAG`] too: the call's number among all requests, from 0 (see
    /// `Handle::requests`), its IAM action, account and region, with a space between any two.
    Present,
}

impl CallTags {
    /// The value of the tag in the answer to a call, if it is to have one.
    pub(crate) fn value(self, number: u64, call: &CalledOperation) -> Option<String> {
        let CalledOperation { operation, account_id, region } = call;
        matches!(self, Self::Present).then(|| format!("{number} {operation} {account_id} {region}"))
    }
}

impl Call<'_> {
    /// An item's own tags, and the call's.
    pub(crate) fn tags(&self, own: &[(String, String)]) -> Vec<(String, String)> {
        let tag = self.tag.map(|value| (CALL_TAG.to_owned(), value.to_owned()));
        own.iter().cloned().chain(tag).collect()
    }
}
