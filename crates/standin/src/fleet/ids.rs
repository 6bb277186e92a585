//! Identifiers in AWS's form: a prefix and 17 hexadecimal digits.

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
