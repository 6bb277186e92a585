/// How long CloudTrail may take until an event can be looked up, in seconds: 15 minutes. All that is older is there.
pub const LATE_BY: i64 = 15 * 60;
/// How far back a lookup begins before what was read already, in seconds: 30 minutes.
pub const OVERLAP: i64 = 30 * 60;
/// How much time one slice of a plan has at most, in seconds: 6 hours.
pub const LONGEST_SLICE: i64 = 6 * 60 * 60;
/// How long events can be looked up, in seconds: 90 days.
pub const KEPT_FOR: i64 = 90 * 24 * 60 * 60;

/// From one moment until before another, in whole seconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slice {
    /// Its first second.
    pub from: i64,
    /// The second after its last.
    pub to: i64,
}

impl Slice {
    /// What to read from `start` on: slices that touch each other, the oldest first, up to [`LATE_BY`] before `now`.
    /// What CloudTrail keeps no longer is left out. Empty if there is nothing to read yet.
    #[must_use]
    pub fn backfill(start: i64, now: i64) -> Vec<Self> {
        let (mut from, end) = (start.max(now.saturating_sub(KEPT_FOR)), now.saturating_sub(LATE_BY));
        let mut slices = Vec::new();
        while from < end {
            let to = from.saturating_add(LONGEST_SLICE).min(end);
            slices.push(Self { from, to });
            from = to;
        }
        slices
    }

    /// What to read after everything before `watermark` was read: as [`Self::backfill`], and [`OVERLAP`] once more.
    #[must_use]
    pub fn after(watermark: i64, now: i64) -> Vec<Self> {
        Self::backfill(watermark.saturating_sub(OVERLAP), now)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HOUR: i64 = 3_600;
    /// 2025-11-05T00:00:00Z
    const NOW: i64 = 1_762_300_800;

    fn slices(slices: &[(i64, i64)]) -> Vec<Slice> {
        slices.iter().map(|&(from, to)| Slice { from, to }).collect()
    }

    #[test]
    fn a_backfill_goes_in_slices_of_six_hours_until_a_quarter_of_an_hour_ago() {
        let start = NOW - 13 * HOUR;
        let expected =
            [(start, start + 6 * HOUR), (start + 6 * HOUR, start + 12 * HOUR), (start + 12 * HOUR, NOW - HOUR / 4)];
        assert_eq!(Slice::backfill(start, NOW), slices(&expected));
    }

    #[test]
    fn an_hourly_run_reads_the_last_half_hour_once_more() {
        let watermark = NOW - 5 * HOUR / 4;
        assert_eq!(Slice::after(watermark, NOW), slices(&[(watermark - HOUR / 2, NOW - HOUR / 4)]));
    }

    #[rstest]
    #[case(NOW - LATE_BY)]
    #[case(NOW)]
    #[case(NOW + HOUR)]
    #[case(i64::MAX)]
    fn what_may_still_come_is_not_read(#[case] start: i64) {
        assert_eq!(Slice::backfill(start, NOW), []);
        assert_eq!(Slice::backfill(NOW - LATE_BY - 1, NOW), slices(&[(NOW - LATE_BY - 1, NOW - LATE_BY)]));
    }

    #[rstest]
    #[case(NOW - 91 * 24 * HOUR)]
    #[case(i64::MIN)]
    fn what_is_kept_no_longer_is_left_out_and_the_rest_has_no_gap(#[case] start: i64) {
        let slices = Slice::after(start, NOW);
        assert_eq!(slices.len(), 360);
        assert_eq!((slices[0].from, slices[359].to), (NOW - 90 * 24 * HOUR, NOW - LATE_BY));
        assert!(slices.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert!(slices.iter().all(|slice| slice.from < slice.to && slice.to - slice.from <= LONGEST_SLICE));
    }
}
