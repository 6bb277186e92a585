use stateright::{Model, Property};

/// A promise of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Promise {
    /// A request that began after an acknowledged invalidation, plus the coherence window, never gets a value whose
    /// fetch began before it took effect. The models ask more: they count it as acknowledged when it takes effect.
    G1,
    /// No entry carries a fence above the current epoch.
    G2,
    /// With the lease a cold key is fetched once per fleet, once more per holder that died. Precisely: there are never
    /// more fetches than one, and one for each invalidation, and one for each fetch in vain. A fetch is in vain if its
    /// fill had not landed when its holder died, failed, or gave up on the write, or when its holder was frozen for
    /// longer than its lease. A fill that landed is used, whatever became of its holder.
    G4,
}

/// What a run has come to. Every verdict ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    #[default]
    Open,
    Broken(Promise),
    /// What the run was to show can happen has happened.
    Witnessed,
    /// It fetches once more than its bounds allow, and is not followed.
    Beyond,
}

/// A state that a verdict is passed on.
pub(crate) trait Judged {
    fn verdict(&self) -> Verdict;
}

impl Promise {
    /// The name of its property.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::G1 => "G1",
            Self::G2 => "G2",
            Self::G4 => "G4",
        }
    }
}

/// The name of the property that finds a witness. A witness is found as a promise's counterexample is, so that the
/// state carries nothing for its sake.
pub(crate) const WITNESS: &str = "witness";

/// The properties of every model.
pub(crate) fn properties<M: Model>() -> Vec<Property<M>>
where
    M::State: Judged,
{
    vec![
        Property::always(Promise::G1.name(), |_, s: &M::State| s.verdict() != Verdict::Broken(Promise::G1)),
        Property::always(Promise::G2.name(), |_, s: &M::State| s.verdict() != Verdict::Broken(Promise::G2)),
        Property::always(Promise::G4.name(), |_, s: &M::State| s.verdict() != Verdict::Broken(Promise::G4)),
        Property::always(WITNESS, |_, s: &M::State| s.verdict() != Verdict::Witnessed),
    ]
}
