/// Whether CloudTrail's `LookupEvents` is limited in its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LookupRate {
    /// It is not.
    #[default]
    Unlimited,
    /// As AWS does it: of the calls of one account in one region, those after the second within any second are refused
    /// with `ThrottlingException`. Refused calls count.
    TwoPerSecond,
}

impl LookupRate {
    /// Whether a call is one too many that is the `nth` within a second.
    pub(crate) fn refuses(self, nth: u64) -> bool {
        self == Self::TwoPerSecond && nth > 2
    }
}
