/// What becomes of a call that is signed with an access key of no account and no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownKeys {
    /// It is refused, as AWS does it.
    #[default]
    Refused,
    /// It counts as one of the fleet's first account: for a caller whose credentials another emulator gave out.
    OfFirstAccount,
}
