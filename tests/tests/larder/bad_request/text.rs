use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What the values of parameters and fields, and the parts of paths, never have. No space is among them, which a reader
/// might trim, nor what a cursor may have.
const FOREIGN: &[char] = &[
    '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', '/', ':', ';', '<', '=', '>', '?', '@', '[', '\\', ']',
    '^', '`', '{', '|', '}', '~', '\0', '\u{1b}', '\u{7f}', 'é', 'ß', '一', '１', '٣', '\u{202e}', '\u{feff}', '💾',
];

/// What is right somewhere.
const ALMOST: &[&str] =
    &["us-east-1", "us-east-1,eu-west-1", "all", "ec2-subnets", "111122223333", "5", "1000", "YWZ0ZXI6YQ", ""];

/// What has broken other programs.
const NOTORIOUS: &[&str] = &[
    "../../../../etc/passwd",
    "..%2f..%2f",
    "us-east-1.evil.example#",
    "@evil.example",
    "169.254.169.254",
    "' OR 1=1 --",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n%x",
    "\r\nX-Injected: yes",
    "<script>alert(1)</script>",
    "null",
    "NaN",
    "-9223372036854775808",
    "1e309",
    "ec2-subnets#us-east-1#111122223333",
    "#epoch",
];

/// Any text at all.
pub(super) fn anything() -> BoxedStrategy<String> {
    let long = ("[ -~]{1,9}", 100..400_usize).prop_map(|(text, times)| text.repeat(times));
    let text = prop_oneof![
        4 => "[a-z0-9-]{0,20}",
        3 => "[ -~]{0,30}",
        3 => "\\PC{0,12}",
        3 => vec(any::<char>(), 0..8).prop_map(String::from_iter),
        2 => select(NOTORIOUS).prop_map(str::to_owned),
        1 => long,
    ];
    text.boxed()
}

/// A text with a character that no name, number, account or cursor has: often a right one but for that.
pub(super) fn no_value() -> BoxedStrategy<String> {
    let text = prop_oneof![1 => anything(), 2 => select(ALMOST).prop_map(str::to_owned)];
    let text = (text, select(FOREIGN), any::<Index>()).prop_map(|(text, foreign, at)| {
        let place = at.index(text.chars().count() + 1);
        let (before, after): (String, String) =
            (text.chars().take(place).collect(), text.chars().skip(place).collect());
        format!("{before}{foreign}{after}")
    });
    text.boxed()
}

/// What is no region, nor a list of them.
pub(super) fn no_region() -> BoxedStrategy<String> {
    const OTHER: &[&str] =
        &["", "US-EAST-1", "Us-east-1", "us-east-9", "mars-1", "us-east-1a", "aws-global", "us-east"];
    prop_oneof![4 => no_value(), 1 => select(OTHER).prop_map(str::to_owned)].boxed()
}

/// What is no account: not 12 digits of ASCII.
pub(super) fn no_account() -> BoxedStrategy<String> {
    prop_oneof![4 => no_value(), 1 => "[0-9]{0,11}", 1 => "[0-9]{13,40}", 1 => "[0-9]{11}[a-z]", 1 => "[٠-٩]{12}"]
        .boxed()
}

/// What is no data type.
pub(super) fn no_data_type() -> BoxedStrategy<String> {
    prop_oneof![4 => no_value(), 1 => "[A-Z]{2,5}-[A-Z]{2,9}", 1 => "[0-9][a-z0-9]{0,9}"].boxed()
}
