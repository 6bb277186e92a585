//! Whatever a store gives, a reader gets the very value of its key, or none. The same functions are fuzzed (see `fuzz/`).

mod harness;

use proptest::collection::vec;
use proptest::prelude::*;

/// How often a text is read.
const TEXTS: u32 = 20_000;
/// How often the store is read, by way of the SDK; and how often where that moves megabytes.
const READS: u32 = 400;
const LARGE_READS: u32 = 50;

/// Whoever finds a failure by `fuzz/` or here keeps it in a test of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

#[test]
fn what_nobody_tampered_with_is_read() {
    harness::untouched(harness::Size::Inline);
    harness::untouched(harness::Size::Chunked);
}

proptest! {
    #![proptest_config(cases(TEXTS))]

    #[test]
    fn a_text_is_read_as_what_it_says_or_not_at_all(bytes in vec(any::<u8>(), 0..64)) {
        harness::texts(&bytes);
    }
}

proptest! {
    #![proptest_config(cases(READS))]

    #[test]
    fn a_tampered_entry_epoch_or_lease_is_the_very_value_or_a_miss(bytes in vec(any::<u8>(), 0..96)) {
        harness::entries(&bytes);
    }

    #[test]
    fn whatever_dynamodb_answers_is_the_very_value_or_a_miss(bytes in vec(any::<u8>(), 0..96)) {
        harness::answers(&bytes);
    }
}

proptest! {
    #![proptest_config(cases(LARGE_READS))]

    #[test]
    fn tampered_chunks_are_the_very_value_or_a_miss(bytes in vec(any::<u8>(), 0..96)) {
        harness::chunks(&bytes);
    }
}
