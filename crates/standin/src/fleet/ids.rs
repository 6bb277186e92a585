//! Identifiers in AWS's form: a prefix and 17 digits.

use rand::RngExt;
use rand::rngs::StdRng;

/// A new id such as `subnet-0bb39a0d6106470f1`.
pub(super) fn new(rng: &mut StdRng, prefix: &str) -> String {
    let bits: u64 = rng.random();
    format!("{prefix}-0{bits:016x}")
}

/// A new DRS id such as `s-3c1a9f0d6106470f1`: all of its 17 digits vary.
pub(super) fn new_drs(rng: &mut StdRng, prefix: &str) -> String {
    let lead: u8 = rng.random_range(1..16);
    let bits: u64 = rng.random();
    format!("{prefix}-{lead:x}{bits:016x}")
}

/// A new unique id of IAM such as `AIPA2OVK7HCLQKCY7UCFX`: 17 digits to the base of 32 follow the prefix.
pub(super) fn new_iam(rng: &mut StdRng, prefix: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = (0..17).map(|_| char::from(DIGITS[rng.random_range(0..DIGITS.len())]));
    prefix.chars().chain(digits).collect()
}
