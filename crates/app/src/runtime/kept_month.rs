use larder_runtime::Totals;
use serde::{Deserialize, Serialize};

use super::KeptAnswer;

/// What is kept of an instance's month, whichever month is the current one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptMonth {
    /// Of the whole month, or of its part until then.
    #[serde(flatten)]
    pub kept: KeptAnswer,
    /// In seconds, by day from the first.
    pub days: Vec<Totals>,
    /// It is not worked out any more.
    pub is_final: bool,
}
