use crate::epoch::Marks;
use crate::selector::Selector;

/// Adds a stored mark. A selector of which this version can't make sense, because a newer one wrote it, may match
/// any entry: its mark counts as one of everything.
pub(super) fn raise(marks: &mut Marks, selector: &str, mark: u64) {
    let selector = Selector::parse(selector).unwrap_or(Selector::EVERYTHING);
    let slot = marks.entry(selector).or_insert(mark);
    *slot = mark.max(*slot);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_an_unknown_selector_raises_the_floor_and_never_sinks_it() {
        for texts in [["*#*#*#*", "from#a#newer#version#"], ["from#a#newer#version#", "*#*#*#*"]] {
            for (first, second) in [(3, 9), (9, 3)] {
                let mut marks = Marks::new();
                raise(&mut marks, texts[0], first);
                raise(&mut marks, texts[1], second);
                assert_eq!(marks, Marks::from([(Selector::EVERYTHING, 9)]));
            }
        }
    }
}
