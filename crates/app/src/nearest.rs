/// The candidate most like `text`, if one is like it enough to be what was meant.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond this a text is no slip of the fingers, and comparing it would only cost time.
    if text.len() > 64 {
        return None;
    }
    let by_distance = candidates.into_iter().map(|candidate| (edits(text, candidate), candidate));
    let (distance, candidate) = by_distance.min_by_key(|(distance, _)| *distance)?;
    (distance <= candidate.chars().count().div_ceil(3)).then_some(candidate)
}

/// Levenshtein's distance: how many characters must be added, removed or replaced, in any case of letters.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, one) in from.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(one != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let regions = ["eu-west-1", "us-east-1", "us-west-2"];
        assert_eq!(nearest("us-esat-1", regions), Some("us-east-1"));
        assert_eq!(nearest("US-EAST-1", regions), Some("us-east-1"));
        assert_eq!(nearest("mars-north-99", regions), None);
        assert_eq!(nearest(&"x".repeat(100_000), regions), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
