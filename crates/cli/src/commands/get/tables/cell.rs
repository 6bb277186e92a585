use serde_json::{Map, Value};

/// What a folded cell has of a list before it only counts.
const MOST_LINES: usize = 4;

/// A value as a cell that may be as wide and as high as it is.
pub(super) fn whole(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}={}", whole(value))).collect();
            members.join("\n")
        }
        Value::Array(items) => items.iter().map(whole).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A value as a cell of a table that has to fit: a line for each part, without what is empty, and few of them.
pub(super) fn folded(value: &Value) -> String {
    let lines: Vec<_> = match value {
        Value::Object(members) => parts(members).collect(),
        Value::Array(items) if items.iter().any(Value::is_object) => items.iter().map(inline).collect(),
        other => return inline(other),
    };
    match lines.len() {
        0 => "-".to_owned(),
        count if count > MOST_LINES => {
            let shown = MOST_LINES - 1;
            format!("{}\n{} more", lines[..shown].join("\n"), count - shown)
        }
        _ => lines.join("\n"),
    }
}

/// Whether it says nothing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether it has parts with names of their own.
pub(super) fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(is_nested),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn parts(members: &Map<String, Value>) -> impl Iterator<Item = String> {
    let told = members.iter().filter(|(_, value)| !is_empty(value));
    told.map(|(name, value)| format!("{name}={}", inline(value)))
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => parts(members).collect::<Vec<_>>().join(" "),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(inline).collect::<Vec<_>>().join(", "),
        other => whole(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_unknown_is_a_dash_and_never_zero() {
        for value in [json!(null), json!({"a": null}), json!([])] {
            assert_eq!(folded(&value), "-", "{value}");
        }
        assert_eq!((whole(&json!(null)).as_str(), folded(&json!(0)).as_str()), ("-", "0"));
    }

    #[test]
    fn a_folded_list_has_few_lines_and_says_how_many_more_there_are() {
        let rule = |port: u32| json!({"port": port, "peer": {"cidr": "10.0.0.0/8", "group": null}});
        let folded = folded(&(0..9).map(rule).collect());
        let lines: Vec<_> = folded.lines().collect();
        assert_eq!((lines.len(), lines[3]), (4, "6 more"), "{folded}");
        assert!(lines[0].contains("port=0") && lines[0].contains("peer=cidr=10.0.0.0/8"), "{folded}");
        assert!(!folded.contains("group"), "{folded}");
    }

    #[test]
    fn false_and_zero_say_something() {
        assert!(!is_empty(&json!(false)) && !is_empty(&json!(0)));
        assert!(is_empty(&json!({"a": [null, ""]})) && is_nested(&json!([{}])) && !is_nested(&json!(["a"])));
    }
}
