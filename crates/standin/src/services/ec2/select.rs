//! EC2's filters.

use crate::request::Filter;
use crate::wire::AwsError;

/// Keeps what all `filters` let through. `values` tells an item's values for a filter's name, or `None` for a name
/// that no filter of the operation has.
///
/// # Errors
/// `InvalidParameterValue` for an unknown name, also where there is nothing to filter.
pub(super) fn select<T>(
    items: Vec<T>,
    filters: &[Filter],
    names: &[&str],
    values: impl Fn(&T, &str) -> Vec<String>,
) -> Result<Vec<T>, AwsError> {
    for filter in filters {
        let tag = filter.name.starts_with("tag:") && names.contains(&"tag:");
        if !tag && !names.contains(&filter.name.as_str()) {
            let message = format!("The filter '{}' is invalid", filter.name);
            return Err(AwsError::invalid_parameter_value(message));
        }
        if filter.values.is_empty() {
            let message = format!("The filter '{}' has no values", filter.name);
            return Err(AwsError::invalid_parameter_value(message));
        }
    }
    let lets_through = |filter: &Filter, item: &T| {
        let own = values(item, &filter.name);
        filter.values.iter().any(|pattern| own.iter().any(|value| matches(pattern.as_bytes(), value.as_bytes())))
    };
    Ok(items.into_iter().filter(|item| filters.iter().all(|filter| lets_through(filter, item))).collect())
}

/// `*` stands for any text, `?` for any one character.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, text) || text.split_first().is_some_and(|(_, text)| matches(pattern, text))
        }
        (Some((b'?', rest)), Some((_, text))) => matches(rest, text),
        (Some((wanted, rest)), Some((found, text))) => wanted == found && matches(rest, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_values() {
        for (pattern, text, expected) in [
            ("c5*", "c5.large", true),
            ("c5*", "c6i.large", false),
            ("us-east-1?", "us-east-1a", true),
            ("us-east-1?", "us-east-1", false),
            ("*priv*", "core-private-a", true),
            ("core", "core-private-a", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
