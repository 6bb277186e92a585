use super::request::Served;
use super::state::{Container, Entry, Flight, Landed, Look, LookRead, Phase, Seen, Stage, Start, State};
use super::{Reading, Witness};
use crate::epoch::Epoch;
use crate::mutation::Mutation;
use crate::promise::Verdict;

/// The steps of what a container waits for: the batch, the fetch, the write, and the look at the epoch alone.
impl Reading {
    /// The batch is answered.
    pub(super) fn answer_batch(&self, s: &mut State, c: usize) {
        let Some(Flight { leader, phase: Phase::Reading { sent, seen, entry: Some(entry) } }) = s.containers[c].flight
        else {
            return;
        };
        let Some(look) = self.understand(s, c, seen, sent) else {
            let phase = Phase::Reading { sent: s.start(c), seen: Seen::Creating, entry: Some(entry) };
            s.containers[c].flight = Some(Flight { leader, phase });
            return;
        };
        let entry = entry.filter(|entry| entry.fence.is_some_and(|fence| look.epoch.validates(fence)));
        if let Some(mut entry) = entry {
            if self.mutation == Some(Mutation::NewestLookFence) {
                entry.fence = s.containers[c].newest.map(|newest| newest.epoch);
            }
            self.keep(s, c, entry);
            if !entry.stale {
                return self.land(s, c, Landed::Entry(entry, None), Served::Store);
            }
        }
        let known = s.containers[c].memory.filter(|known| !known.stale);
        let known = known.filter(|known| known.fence.is_some_and(|fence| look.epoch.validates(fence)));
        match known {
            Some(entry) => self.land(s, c, Landed::Entry(entry, None), Served::Memory),
            None => self.fetch(s, c, Some(look.epoch)),
        }
    }

    /// The batch can't be had: straight upstream, under the fence of the last look, if there was one.
    pub(super) fn pass_store(&self, s: &mut State, c: usize) {
        let fence = s.containers[c].newest.map(|look| look.epoch);
        self.fetch(s, c, fence);
    }

    fn fetch(&self, s: &mut State, c: usize, fence: Option<Epoch>) {
        let Some(left) = s.left.fetches.checked_sub(1) else {
            s.verdict = Verdict::Beyond;
            return;
        };
        s.left.fetches = left;
        let phase = Phase::Fetching { began: s.start(c), fence, value: s.effective[0] };
        if let Some(flight) = &mut s.containers[c].flight {
            flight.phase = phase;
        }
    }

    /// Upstream answered. The write is sent, unless the store is out of reach.
    pub(super) fn end_fetch(&self, s: &mut State, c: usize) {
        let Some(Flight { leader, phase: Phase::Fetching { began, mut fence, value } }) = s.containers[c].flight else {
            return;
        };
        if self.mutation == Some(Mutation::FenceAfterFetch) {
            fence = s.store.epoch;
        }
        let entry = Entry { fence, value, stale: false };
        if s.containers[c].cut_off {
            self.keep(s, c, entry);
            return self.land(s, c, Landed::Entry(entry, Some(began)), Served::PastStore);
        }
        if let (Some(_), Some(free)) = (fence, s.store.puts.iter().position(Option::is_none)) {
            s.store.puts[free] = Some(entry);
            s.store.puts.sort_unstable();
        }
        s.containers[c].flight = Some(Flight { leader, phase: Phase::Writing { began, entry } });
    }

    pub(super) fn fail_fetch(&self, s: &mut State, c: usize) {
        if let Some(Flight { phase: Phase::Fetching { began, .. }, .. }) = s.containers[c].flight {
            self.land(s, c, Landed::Failure(began), Served::Fetched);
        }
    }

    /// The write was acknowledged, failed or took too long; whether and when it lands is another matter.
    pub(super) fn end_write(&self, s: &mut State, c: usize) {
        if let Some(Flight { phase: Phase::Writing { began, entry }, .. }) = s.containers[c].flight {
            self.keep(s, c, entry);
            self.land(s, c, Landed::Entry(entry, Some(began)), Served::Fetched);
        }
    }

    /// Who led takes what came, for it began after it; who joined is offered it.
    fn land(&self, s: &mut State, c: usize, landed: Landed, how: Served) {
        let Some(flight) = s.containers[c].flight.take() else { return };
        for request in s.containers[c].requests.iter_mut().filter(|request| request.stage == Stage::Joined) {
            request.stage = Stage::Offered(landed);
        }
        match landed {
            Landed::Entry(entry, _) => self.serve(s, c, flight.leader, entry, how),
            Landed::Failure(_) => {
                let look = self.usable(s, c, flight.leader);
                self.fall_back(s, c, flight.leader, look);
            }
        }
    }

    /// A container keeps an entry in memory, unless one with a newer fence of the same incarnation is there.
    pub(super) fn keep(&self, s: &mut State, c: usize, entry: Entry) {
        let Some(fence) = entry.fence else { return };
        let known = s.containers[c].memory.and_then(|known| known.fence);
        if known.is_none_or(|known| known.may_be_replaced_by(fence)) {
            s.check_g2(fence);
            s.containers[c].memory = Some(entry);
        }
    }

    pub(super) fn answer_look(&self, s: &mut State, c: usize) {
        let Some(LookRead { leader, sent, seen }) = s.containers[c].look_read else { return };
        let Some(look) = self.understand(s, c, seen, sent) else {
            s.containers[c].look_read = Some(LookRead { leader, sent: s.start(c), seen: Seen::Creating });
            return;
        };
        s.containers[c].look_read = None;
        self.judge(s, c, leader, look);
    }

    /// The look that an answer makes, kept as the newest unless a later one has answered. None if there was no epoch.
    fn understand(&self, s: &mut State, c: usize, seen: Seen, mut sent: Start) -> Option<Look> {
        let Seen::Epoch(epoch) = seen else { return None };
        if self.mutation == Some(Mutation::LookDatedAtItsAnswer) {
            sent = s.start(c);
        }
        let look = Look { epoch, sent };
        self.keep_look(s, c, look);
        Some(look)
    }

    pub(super) fn keep_look(&self, s: &mut State, c: usize, look: Look) {
        let Container { newest, .. } = &mut s.containers[c];
        if newest.is_none_or(|known| look.sent.sequence > known.sent.sequence) {
            *newest = Some(look);
        } else {
            self.witness(s, Witness::LateAnswerReplacedNothing);
        }
    }
}
