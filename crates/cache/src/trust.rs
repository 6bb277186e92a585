use std::sync::atomic::{AtomicU64, Ordering, fence};

use crate::environment::{End, Moment};

/// Which version of the look at the epoch is the newest, and until when it may be trusted: read by every hit without a
/// lock and without writing to anything that other threads read.
///
/// Written by one thread at a time, between two steps of a sequence. Who reads meanwhile finds the sequence odd, or moved
/// on, and has no answer (a sequence lock).
#[derive(Default)]
pub(crate) struct Trust {
    sequence: AtomicU64,
    version: AtomicU64,
    wall: AtomicU64,
    monotonic: AtomicU64,
}

impl Trust {
    /// For one thread at a time: who holds the lock on the newest look.
    pub(crate) fn put(&self, until: End, version: u64) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence.store(sequence + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        self.version.store(version, Ordering::Relaxed);
        self.wall.store(until.wall, Ordering::Relaxed);
        self.monotonic.store(until.monotonic, Ordering::Relaxed);
        self.sequence.store(sequence + 2, Ordering::Release);
    }

    /// The version, if it may be trusted `now`, and nobody is writing.
    pub(crate) fn at(&self, now: Moment) -> Option<u64> {
        let sequence = self.sequence.load(Ordering::Acquire);
        let version = self.version.load(Ordering::Relaxed);
        let (wall, monotonic) = (self.wall.load(Ordering::Relaxed), self.monotonic.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let undisturbed = sequence.is_multiple_of(2) && self.sequence.load(Ordering::Relaxed) == sequence;
        (undisturbed && now.is_before(End { wall, monotonic })).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn end(seconds: u64) -> End {
        End { wall: seconds * SECOND, monotonic: seconds * SECOND }
    }

    fn at(wall: u64, monotonic: u64) -> Moment {
        Moment { wall: Duration::from_secs(wall), monotonic: Duration::from_secs(monotonic) }
    }

    #[test]
    fn the_version_is_trusted_until_either_clock_says_no() {
        let trust = Trust::default();
        assert_eq!(trust.at(at(0, 0)), None, "nothing was put there yet");
        trust.put(end(10), 7);
        assert_eq!(trust.at(at(9, 9)), Some(7));
        assert_eq!(trust.at(at(10, 9)), None);
        assert_eq!(trust.at(at(9, 10)), None);
        trust.put(end(20), 8);
        assert_eq!(trust.at(at(19, 19)), Some(8));
    }

    /// Every version is put with an end of its own, of which one clock tells more than the other would.
    #[test]
    fn nobody_reads_half_of_what_is_being_written() {
        let (trust, done) = (Trust::default(), AtomicBool::new(false));
        let halves =
            [(100, End { wall: 2 * SECOND, monotonic: SECOND }), (200, End { wall: SECOND, monotonic: 2 * SECOND })];
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for (version, end) in halves.into_iter().cycle().take(200_000) {
                    trust.put(end, version);
                }
                done.store(true, Ordering::Release);
            });
            let mut reads = 0;
            while !done.load(Ordering::Acquire) || reads == 0 {
                reads += 1;
                // Only a mixture of the two ends is later than this by both clocks.
                assert_eq!(trust.at(at(1, 1)), None);
                assert!(trust.at(at(1, 0)).is_none_or(|version| version == 100));
                assert!(trust.at(at(0, 1)).is_none_or(|version| version == 200));
            }
        });
    }
}
