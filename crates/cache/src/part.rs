/// The longest name and the longest excerpt of a refused value, in bytes and in characters.
const LONGEST: usize = 64;

/// A part that cannot be in a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} {value:?} cannot be part of a cache key: {rule}")]
pub struct InvalidPart {
    /// Which part: `data type`, `partition`, `region`, `account`, `resource`.
    pub part: &'static str,
    /// What was given.
    pub value: String,
    /// What would be right.
    pub rule: &'static str,
}

pub(crate) fn check_data_type(value: &str) -> Result<(), InvalidPart> {
    check_name("data type", value)
}

pub(crate) fn check_partition(value: &str) -> Result<(), InvalidPart> {
    check_name("partition", value)
}

/// AWS's regions are kebab-case names too.
pub(crate) fn check_region(value: &str) -> Result<(), InvalidPart> {
    check_name("region", value)
}

pub(crate) fn check_account(value: &str) -> Result<(), InvalidPart> {
    if value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(InvalidPart::of("account", value, "an account is 12 ASCII digits"))
}

pub(crate) fn check_resource(value: &str) -> Result<(), InvalidPart> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@".contains(&byte);
    if (2..=256).contains(&value.len()) && value.bytes().all(allowed) {
        return Ok(());
    }
    Err(InvalidPart::of("resource", value, "a resource is 2 to 256 of A-Z a-z 0-9 - _ . : / @"))
}

fn check_name(part: &'static str, value: &str) -> Result<(), InvalidPart> {
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let bytes = value.as_bytes();
    if (2..=LONGEST).contains(&bytes.len()) && bytes[0].is_ascii_lowercase() && bytes.iter().all(allowed) {
        return Ok(());
    }
    Err(InvalidPart::of(part, value, "a name is 2 to 64 of a-z 0-9 -, and begins with a letter"))
}

impl InvalidPart {
    fn of(part: &'static str, value: &str, rule: &'static str) -> Self {
        Self { part, value: value.chars().take(LONGEST).collect(), rule }
    }
}
