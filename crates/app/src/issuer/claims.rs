use std::collections::HashMap;

use serde_json::{Map, Value};

/// The claims as an HTTP API hands them over, so that both hosts decide by the same text: a list as `[a b]`.
///
/// There a list's item with a space in it would look like two. Nothing that Larder looks for has one, so it is left out.
pub(super) fn as_texts(claims: Map<String, Value>) -> HashMap<String, String> {
    claims.into_iter().map(|(name, value)| (name, text_of(value))).collect()
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(items) => {
            let items = items.into_iter().map(text_of).filter(|item| !item.contains(char::is_whitespace));
            format!("[{}]", items.collect::<Vec<_>>().join(" "))
        }
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        // That it is there may mean something; what it says is nothing that Larder reads.
        Value::Null | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_the_texts_of_an_http_api() {
        let claims = json!({
            "scope": "larder/read openid",
            "cognito:groups": ["larder-admins", "acct-111122223333"],
            "exp": 1_773_342_238,
            "email_verified": true,
            "username": null,
            "address": {"country": "x"},
        });
        let Value::Object(claims) = claims else { panic!("an object") };
        let texts = as_texts(claims);
        let expected = [
            ("scope", "larder/read openid"),
            ("cognito:groups", "[larder-admins acct-111122223333]"),
            ("exp", "1773342238"),
            ("email_verified", "true"),
            ("username", ""),
            ("address", ""),
        ];
        assert_eq!(texts, expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    }

    #[test]
    fn a_group_with_a_space_in_it_is_not_two() {
        let claims = json!({"cognito:groups": ["friends acct-all", "x"]});
        let Value::Object(claims) = claims else { panic!("an object") };
        assert_eq!(as_texts(claims)["cognito:groups"], "[x]");
    }
}
