#![no_main]
#![expect(dead_code, reason = "each target takes one function of the harness")]

#[path = "../../tests/decoding/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::entries(bytes));
