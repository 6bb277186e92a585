use larder_sources::AccountId;

/// That the AWS credentials are of another account than this one, which was asked for. It does not tell whose they
/// are: that is no business of a caller who may not see that account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Larder's AWS credentials are of another account than {0}")]
pub(crate) struct ForeignAccount(pub(crate) AccountId);
