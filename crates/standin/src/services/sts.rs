use crate::operations::Call;
use crate::request::Form;
use crate::wire::{Element, Fault};

/// `GetCallerIdentity`: every access key of the fleet belongs to the user `larder`.
pub(crate) fn get_caller_identity(call: &Call, _: &Form) -> Result<Vec<Element>, Fault> {
    let account = call.account.id();
    Ok(vec![
        Element::text("Arn", format!("arn:aws:iam::{account}:user/larder")),
        Element::text("UserId", format!("AIDASTANDIN{account}")),
        Element::text("Account", account),
    ])
}
