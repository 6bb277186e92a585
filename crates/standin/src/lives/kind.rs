use super::{Hibernation, Market};

const DAY: i64 = 86_400;

/// How the servers of a group are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// One call starts all of them in the morning of a working day, one stops them in the evening.
    Office,
    /// It runs for months, with a pause now and then.
    AlwaysOn,
    /// They sleep at noon and at night, with their memory kept.
    Hibernating,
    /// EC2 takes them back sooner or later, and others come in their place.
    Spot,
    /// Auto Scaling launches and terminates them.
    AutoScaling,
    /// One call launches all of them; each terminates itself when it is done.
    Batch,
    /// It is started and stopped all the time, also when that is refused.
    Restless,
    /// It was launched long ago, and nobody touches it.
    Steady,
}

impl Kind {
    /// Those in which something happens.
    pub(super) const LIVELY: [Self; 7] =
        [Self::Office, Self::AlwaysOn, Self::Hibernating, Self::Spot, Self::AutoScaling, Self::Batch, Self::Restless];

    /// How many servers a group has at a time.
    pub(super) const fn servers(self) -> usize {
        match self {
            Self::Office => 4,
            Self::AutoScaling | Self::Batch => 3,
            Self::Hibernating | Self::Spot => 2,
            Self::AlwaysOn | Self::Restless | Self::Steady => 1,
        }
    }

    /// How long a chapter is, in seconds: at its end all servers of the group are terminated and gone.
    pub(super) const fn chapter(self) -> i64 {
        match self {
            Self::Office => 35 * DAY,
            Self::AlwaysOn => 200 * DAY,
            Self::Hibernating => 42 * DAY,
            Self::Spot | Self::AutoScaling => 20 * DAY,
            Self::Batch => 14 * DAY,
            Self::Restless => 16 * DAY,
            Self::Steady => 2_000 * 365 * DAY,
        }
    }

    pub(super) const fn hibernation(self) -> Hibernation {
        match self {
            Self::Hibernating => Hibernation::Configured,
            _ => Hibernation::Off,
        }
    }

    pub(super) const fn market(self) -> Market {
        match self {
            Self::Spot => Market::Spot,
            _ => Market::OnDemand,
        }
    }

    /// The beginning of the servers' names.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::AlwaysOn => "orders",
            Self::Hibernating => "workbench",
            Self::Spot => "render",
            Self::AutoScaling => "web",
            Self::Batch => "report",
            Self::Restless => "sandbox",
            Self::Steady => "core",
        }
    }
}
