use larder_runtime::{Answer, Totals};
use serde::{Deserialize, Serialize};

/// What is kept of an instance's month, whichever month is the current one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptMonth {
    /// Of the whole month, or of its part until now.
    pub answer: Answer,
    /// In seconds, by day from the first.
    pub days: Vec<Totals>,
    /// It is not worked out any more.
    pub is_final: bool,
}
