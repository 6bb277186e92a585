use std::time::Duration;

use crate::random::Random;

/// What the way to the store is like for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Every request is answered within moments, some sooner than others sent before them.
    Calm,
    /// Some meet a fault.
    Rough,
    /// All of these do, and in this way.
    Outage(Hit, Fate),
}

/// Which requests an outage hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    All,
    Reads,
    Writes,
}

/// Whether a request changes what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    Read,
    Write,
}

/// What becomes of a request to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// Nothing is done, and that is said: throttled, or a part was left unprocessed after retries.
    Throttled,
    /// Nothing is done, and that is said.
    Failed,
    /// Nothing is done, and no answer comes.
    Lost,
    /// It is done, and no answer comes.
    AnswerLost,
    /// It is done, and the answer says that it failed.
    AnswerWrong,
    /// It is done long after everyone gave up.
    Late,
}

/// One request's way to the store and back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    pub(crate) question: Duration,
    pub(crate) fate: Fate,
    pub(crate) answer: Duration,
    /// Whether it is done even if whoever sent it goes away before.
    pub(crate) insists: bool,
}

const EVERYDAY: Duration = Duration::from_millis(40);
const FAULTS: [Fate; 6] = [Fate::Throttled, Fate::Failed, Fate::Lost, Fate::AnswerLost, Fate::AnswerWrong, Fate::Late];

impl Weather {
    pub(crate) fn of(random: &Random) -> Self {
        match random.below(5) {
            0 => Self::Calm,
            1 | 2 => Self::Rough,
            _ => {
                let hit = random.one_of(&[Hit::All, Hit::All, Hit::Reads, Hit::Writes]);
                Self::Outage(hit, random.one_of(&FAULTS))
            }
        }
    }

    pub(crate) fn passage(self, intent: Intent, random: &Random) -> Passage {
        let fate = match self {
            Self::Outage(hit, fate) if hit.takes(intent) => fate,
            Self::Rough if random.happens(300) => random.one_of(&FAULTS),
            Self::Calm | Self::Rough | Self::Outage(..) => Fate::Answered,
        };
        let slow = self == Self::Rough && random.happens(200);
        let question = match fate {
            Fate::Late => random.pause(Duration::from_secs(60)),
            _ => random.pause(EVERYDAY),
        };
        let answer = random.pause(if slow { Duration::from_secs(4) } else { EVERYDAY });
        Passage { question, fate, answer, insists: random.happens(500) }
    }
}

impl Hit {
    fn takes(self, intent: Intent) -> bool {
        match self {
            Self::All => true,
            Self::Reads => intent == Intent::Read,
            Self::Writes => intent == Intent::Write,
        }
    }
}

impl Passage {
    /// Whether it is more than an everyday request meets.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.fate != Fate::Answered || self.answer > EVERYDAY
    }
}
