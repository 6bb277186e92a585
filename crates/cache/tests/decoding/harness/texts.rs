use larder_cache::store::Position;
use larder_cache::{Incarnation, Key, Selector};

use super::choices::Choices;

/// Reads a text as whatever a store, a cursor or a command may give as text: what is read is written as that text again.
pub(crate) fn check(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let text = choices.text();
    let key = Key::parse(&text, |region| (region != "global").then_some("aws"));
    assert_written_as(&text, key.as_ref().map(Key::as_str));
    assert_written_as(&text, Selector::parse(&text).map(|selector| selector.to_string()));
    assert_written_as(&text, Position::parse(&text).map(|position| position.to_string()));
    // Digits of either case are one number.
    let incarnation = Incarnation::parse(&text).map(|incarnation| incarnation.to_string());
    assert_written_as(&text.to_ascii_lowercase(), incarnation);
}

fn assert_written_as(text: &str, written: Option<impl AsRef<str>>) {
    if let Some(written) = written {
        assert_eq!(written.as_ref(), text, "it is read as something else");
    }
}
