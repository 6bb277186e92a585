use larder_cache::store::Position;
use larder_cache::{Incarnation, Key, Selector};

use super::choices::Choices;

/// Reads a text as whatever a store, a cursor or a command may give as text: what is read is written as that text again.
pub(crate) fn check(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let text = if choices.once_in(4) { choices.text() } else { near_miss(&mut choices) };
    let key = Key::parse(&text, |region| (region != "global").then_some("aws"));
    assert_written_as(&text, key.as_ref().map(Key::as_str));
    assert_written_as(&text, Selector::parse(&text).map(|selector| selector.to_string()));
    assert_written_as(&text, Position::parse(&text).map(|position| position.to_string()));
    // Digits of either case are one number.
    let incarnation = Incarnation::parse(&text).map(|incarnation| incarnation.to_string());
    assert_written_as(&text.to_ascii_lowercase(), incarnation);
}

/// A text of the right shape, whose parts are right or nearly so.
fn near_miss(choices: &mut Choices) -> String {
    let number =
        *choices.one_of(&["17", "0", "+1", "01", "-1", "18446744073709551615", "18446744073709551616", "１", ""]);
    let data_type = *choices.one_of(&["ec2-subnets", "global", "*", "Ec2", "ec2-", "a", "-"]);
    let region = *choices.one_of(&["us-east-1", "-", "-@aws-cn", "-@aws", "-@", "*", "global", "us-east-1 "]);
    let account = *choices.one_of(&["111122223333", "global", "*", "11112222333", "１11122223333", ""]);
    let last = *choices.one_of(&[
        "",
        "#*",
        "#i-0",
        "#0123456789abcdef0123456789abcdef",
        "#0123456789ABCDEF0123456789abcdef",
        "#",
    ]);
    match choices.byte() % 3 {
        0 => format!("{data_type}#{region}#{account}{last}{}", if choices.once_in(8) { "#*" } else { "" }),
        1 => format!("{number}|{data_type}#{region}#{account}{last}"),
        _ => format!("{}{}", &last.get(1..).unwrap_or_default(), if choices.once_in(4) { number } else { "" }),
    }
}

fn assert_written_as(text: &str, written: Option<impl AsRef<str>>) {
    if let Some(written) = written {
        assert_eq!(written.as_ref(), text, "it is read as something else");
    }
}
