use super::state::{Entry, Flight, Landed, Look, LookRead, Phase, Request, Seen, Stage, Start, State};
use super::{Reading, Witness};
use crate::mutation::Mutation;
use crate::promise::{Promise, Verdict};

/// What is served, which only witnesses ask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Served {
    Memory,
    Store,
    Fetched,
    PastStore,
    JoinedByLook,
    JoinedByStart,
    Stale,
}

/// The steps of a request that take no time, each made where the one before it ended.
impl Reading {
    pub(super) fn begin(&self, s: &mut State, c: usize, r: usize) {
        let (start, needs) = (s.start(c), s.effective[if self.window == 0 { 0 } else { 2 }]);
        s.containers[c].requests[r] = Request { stage: Stage::Unborn, start, needs };
        self.recall(s, c, r);
    }

    /// Steps 1 and 2: memory by a look that this request may use, or the flight.
    pub(super) fn recall(&self, s: &mut State, c: usize, r: usize) {
        let container = &mut s.containers[c];
        match (container.memory.filter(|entry| !entry.stale), self.usable(s, c, r)) {
            (Some(_), None) => s.containers[c].requests[r].stage = Stage::Looking,
            (Some(entry), Some(look)) => self.judge_memory(s, c, r, entry, look),
            (None, _) => self.lead_or_join(s, c, r),
        }
    }

    /// Steps 1 and 2 with their look, which may be older than the newest.
    pub(super) fn judge_memory(&self, s: &mut State, c: usize, r: usize, entry: Entry, look: Look) {
        if is_good(entry, look) {
            if !self.serves(look.sent, s.containers[c].requests[r].start, 0) {
                self.witness(s, Witness::HitWithinTheWindow);
            }
            return self.serve(s, c, r, entry, Served::Memory);
        }
        if s.containers[c].memory == Some(entry) {
            s.containers[c].memory = None;
        }
        self.lead_or_join(s, c, r);
    }

    pub(super) fn lead_or_join(&self, s: &mut State, c: usize, r: usize) {
        let sent = s.start(c);
        let container = &mut s.containers[c];
        if container.flight.is_some() {
            container.requests[r].stage = Stage::Joined;
            return;
        }
        container.requests[r].stage = Stage::Leading;
        let phase = Phase::Reading { sent, seen: Seen::Nothing, entry: None };
        container.flight = Some(Flight { leader: r, phase });
    }

    /// A request that waits for a look judges by it: its own, or the newest that it may use.
    pub(super) fn judge(&self, s: &mut State, c: usize, r: usize, look: Look) {
        match s.containers[c].requests[r].stage {
            Stage::Looking => match s.containers[c].memory.filter(|entry| !entry.stale) {
                Some(entry) => self.judge_memory(s, c, r, entry, look),
                None => self.lead_or_join(s, c, r),
            },
            Stage::Offered(Landed::Entry(entry, _)) if is_good(entry, look) && !entry.stale => {
                self.serve(s, c, r, entry, Served::JoinedByLook);
            }
            Stage::Offered(Landed::Failure(began)) if self.may_take(s, c, r, began) => {
                self.fall_back(s, c, r, Some(look));
            }
            Stage::Offered(_) => self.recall(s, c, r),
            Stage::Unborn | Stage::Leading | Stage::Joined | Stage::Over => {}
        }
    }

    /// A joiner takes what began late enough for it without a look. Whether there is more to be done.
    pub(super) fn takes_unseen(&self, s: &State, c: usize, r: usize) -> bool {
        match s.containers[c].requests[r].stage {
            Stage::Offered(Landed::Entry(_, began)) => {
                self.mutation == Some(Mutation::JoinUnchecked)
                    || began.is_some_and(|began| self.may_take(s, c, r, began))
            }
            _ => false,
        }
    }

    /// The store is out of reach, and no look can be had (step 7).
    pub(super) fn judge_blind(&self, s: &mut State, c: usize, r: usize) {
        let memory = s.containers[c].memory.filter(|_| self.mutation == Some(Mutation::ServeMemoryWhenDown));
        match (s.containers[c].requests[r].stage, memory) {
            (Stage::Looking, Some(entry)) => self.serve(s, c, r, entry, Served::Memory),
            (Stage::Looking, None) => self.lead_or_join(s, c, r),
            (Stage::Offered(Landed::Entry(entry, _)), _) if self.mutation == Some(Mutation::JoinAnyWhenDown) => {
                self.serve(s, c, r, entry, Served::JoinedByLook);
            }
            (Stage::Offered(Landed::Failure(began)), _) if self.may_take(s, c, r, began) => {
                self.fall_back(s, c, r, None);
            }
            (Stage::Offered(_), _) => {
                self.witness(s, Witness::JoinerRefusedWhenDown);
                self.recall(s, c, r);
            }
            _ => {}
        }
    }

    /// Step 6: upstream failed. A stale entry of a fence good by this request's own look, or the failure.
    pub(super) fn fall_back(&self, s: &mut State, c: usize, r: usize, look: Option<Look>) {
        let good = |entry: &Entry| match look {
            Some(look) => is_good(*entry, look) || self.mutation == Some(Mutation::StaleAcrossEpochs),
            None => self.mutation == Some(Mutation::ServeStaleWhenDown),
        };
        match s.containers[c].memory.filter(good) {
            Some(entry) => self.serve(s, c, r, entry, Served::Stale),
            None => s.containers[c].requests[r] = Request { stage: Stage::Over, ..Request::default() },
        }
    }

    pub(super) fn serve(&self, s: &mut State, c: usize, r: usize, entry: Entry, how: Served) {
        if entry.value < s.containers[c].requests[r].needs {
            s.verdict = Verdict::Broken(Promise::G1);
        }
        s.containers[c].requests[r] = Request { stage: Stage::Over, ..Request::default() };
        match how {
            Served::Stale => self.witness(s, Witness::StaleServed),
            Served::JoinedByLook => self.witness(s, Witness::JoinerServedByItsLook),
            Served::JoinedByStart => self.witness(s, Witness::JoinerServedUnseen),
            Served::PastStore => self.witness(s, Witness::ServedPastTheStore),
            Served::Store if entry.value < s.effective[0] => self.witness(s, Witness::ReadBeforeServedAfter),
            Served::Memory | Served::Store | Served::Fetched => {}
        }
    }

    /// The newest look, if the request may use it.
    pub(super) fn usable(&self, s: &State, c: usize, r: usize) -> Option<Look> {
        let for_ever = self.mutation == Some(Mutation::EpochCachedForEver);
        let start = s.containers[c].requests[r].start;
        s.containers[c].newest.filter(|look| for_ever || self.serves(look.sent, start, self.window))
    }

    pub(super) fn may_take(&self, s: &State, c: usize, r: usize, began: Start) -> bool {
        self.serves(began, s.containers[c].requests[r].start, self.window)
    }

    /// Whether what began at `began` is new enough for a request that began at `request`.
    fn serves(&self, began: Start, request: Start, window: u8) -> bool {
        began.sequence >= request.sequence || (window > 0 && request.at.saturating_sub(began.at) <= window)
    }

    /// A look for a request that can use none that is there.
    pub(super) fn send_look(&self, s: &mut State, c: usize, r: usize) {
        let sent = s.start(c);
        s.containers[c].look_read = Some(LookRead { leader: r, sent, seen: Seen::Nothing });
    }
}

fn is_good(entry: Entry, look: Look) -> bool {
    entry.fence.is_some_and(|fence| look.epoch.validates(fence))
}
