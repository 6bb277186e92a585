/// How long CloudTrail may take until an event can be looked up, in seconds: 15 minutes. All that is older is there.
pub const LATE_BY: i64 = 15 * 60;
/// How far back a lookup begins before what was read already, in seconds: 30 minutes.
pub const OVERLAP: i64 = 30 * 60;
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
