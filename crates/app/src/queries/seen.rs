use larder_cache::Answer;
use larder_sources::{AccountId, DataType};
use serde_json::Value;

use crate::Principal;
use crate::problem::{Code, Problem};

/// The answer as that caller may see it: of a list whose items are about different accounts, those of his. Its tag is
/// that of what he sees, since the whole one's would tell when the rest changes.
///
/// # Errors
/// [`Code::Internal`] if the answer is no list of its data type's shape: it is not shown then.
pub(super) fn by(principal: &Principal, data_type: &DataType, answer: Answer) -> Result<Answer, Problem> {
    let (Some(account_of_item), Some(shape)) = (data_type.account_of_item, data_type.list) else { return Ok(answer) };
    if principal.may_see_all() {
        return Ok(answer);
    }
    let wrong = || Problem::new(Code::Internal, format!("The answer of {} has no list of its shape.", data_type.name));
    let mut whole: Value = serde_json::from_slice(&answer.value).map_err(|_| wrong())?;
    let items = whole.get_mut(shape.member).and_then(Value::as_array_mut).ok_or_else(wrong)?;
    items.retain(|item| {
        let account = item.get(account_of_item).and_then(Value::as_str).and_then(AccountId::parse);
        account.is_some_and(|account| principal.may_see(&account))
    });
    let seen = serde_json::to_vec(&whole).map_err(|_| wrong())?;
    Ok(answer.with_value(seen.into()))
}
