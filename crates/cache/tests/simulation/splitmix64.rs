use std::sync::atomic::{AtomicU64, Ordering};

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The next number of a stream of splitmix64, whose state is any number at first.
pub(crate) fn next(state: &AtomicU64) -> u64 {
    mixed(state.fetch_add(STEP, Ordering::SeqCst))
}

/// What splitmix64 makes of a state.
pub(crate) fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(STEP);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
