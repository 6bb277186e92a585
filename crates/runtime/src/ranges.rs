use crate::coverage::Coverage;
use crate::signs::Signs;

/// Where calls are known to have been recorded, or otherwise not to have been made.
pub(crate) struct Ranges<'a> {
    /// Every call is in the evidence.
    pub(crate) recorded: &'a Coverage,
    /// Nobody started it, EC2 included: `LaunchTime` is that of the last start until it was told.
    pub(crate) without_start: Coverage,
    /// No start is missing, by either.
    pub(crate) starts: Coverage,
}

impl<'a> Ranges<'a> {
    pub(crate) fn new(recorded: &'a Coverage, signs: &Signs) -> Self {
        let (mut without_start, mut starts) = (Coverage::default(), recorded.clone());
        for span in &signs.without_start {
            without_start.add(*span);
            starts.add(*span);
        }
        Self { recorded, without_start, starts }
    }
}
