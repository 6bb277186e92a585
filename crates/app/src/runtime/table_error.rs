/// Why a table could not be read or written. Nothing was lost by that: the same work can be done again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table}: {reason}")]
pub struct TableError {
    /// Which table, for people: `the runtime table larder-runtime-dev`.
    pub table: String,
    /// What it said.
    pub reason: String,
}
