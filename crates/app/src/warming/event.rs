use serde_json::Value;

use crate::problem::{Code, Problem};

/// Makes sure that an event is one of EventBridge's schedule, or a direct invocation's `{}`: there is nothing to choose.
///
/// # Errors
/// [`Code::InvalidBody`] for anything else.
pub fn check_event(event: &Value) -> Result<(), Problem> {
    let is_empty = event.is_null() || event.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty || event.get("detail-type").is_some() {
        return Ok(());
    }
    Err(Problem::new(Code::InvalidBody, "The event is none of a schedule's, and a direct invocation's is {}."))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({}), true)]
    #[case(json!(null), true)]
    #[case(json!({"detail-type": "Scheduled Event", "source": "aws.events"}), true)]
    #[case(json!({"dataType": "ec2-subnets"}), false)]
    #[case(json!([]), false)]
    #[case(json!("warm"), false)]
    fn a_wish_that_is_not_understood_is_refused(#[case] event: Value, #[case] valid: bool) {
        assert_eq!(check_event(&event).is_ok(), valid);
    }
}
