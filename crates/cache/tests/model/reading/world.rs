use super::action::{Action, Copy};
use super::request::Served;
use super::state::{Container, Entry, Landed, Look, Phase, Request, Seen, Stage, State};
use super::{Reading, Witness};
use crate::epoch::Epoch;
use crate::mutation::Mutation;
use crate::promise::{Promise, Verdict};

impl Reading {
    /// Does `action`.
    pub(super) fn step(&self, s: &mut State, action: Action) {
        match action {
            Action::Begin { container, request } => self.begin(s, container, request),
            Action::AnswerBatch { container } => self.answer_batch(s, container),
            Action::FailBatch { container } => self.pass_store(s, container),
            Action::SendLook { container, request } => self.send_look(s, container, request),
            Action::AnswerLook { container } => self.answer_look(s, container),
            Action::FailLook { container } => self.fail_look(s, container),
            Action::Judge { container, request } => self.judge_newest(s, container, request),
            Action::JudgeBlind { container, request } => self.judge_blind(s, container, request),
            Action::EndFetch { container } => self.end_fetch(s, container),
            Action::FailFetch { container } => {
                s.left.failures -= 1;
                self.fail_fetch(s, container);
            }
            Action::EndWrite { container } => self.end_write(s, container),
            Action::DropLeader { container } => self.drop_leader(s, container),
            Action::ReadEpoch { container, from } => self.read_epoch(s, container, from),
            Action::ReadLook { container, from } => {
                let Some(mut read) = s.containers[container].look_read else { return };
                read.seen = self.epoch_of(s, read.seen, from);
                s.containers[container].look_read = Some(read);
            }
            Action::ReadEntry { container } => {
                let stored = s.store.entry;
                if let Some(Phase::Reading { entry, .. }) = s.containers[container].phase() {
                    *entry = Some(stored);
                }
            }
            Action::Land { put } => self.land_put(s, put),
            Action::Invalidate { answered } => self.invalidate(s, answered),
            Action::Kill { container } => kill(s, container),
            Action::LoseEpoch | Action::Tick | Action::CutOff { .. } | Action::Reconnect { .. } | Action::Lapse => {
                change(s, action);
            }
        }
    }

    fn judge_newest(&self, s: &mut State, c: usize, r: usize) {
        if self.takes_unseen(s, c, r) {
            if let Stage::Offered(Landed::Entry(entry, _)) = s.containers[c].requests[r].stage {
                self.serve(s, c, r, entry, Served::JoinedByStart);
            }
        } else if let Some(look) = self.usable(s, c, r) {
            self.judge(s, c, r, look);
        }
    }

    fn fail_look(&self, s: &mut State, c: usize) {
        if let Some(read) = s.containers[c].look_read.take() {
            self.judge_blind(s, c, read.leader);
        }
    }

    fn drop_leader(&self, s: &mut State, c: usize) {
        s.left.drops -= 1;
        let Some(flight) = s.containers[c].flight.take() else { return };
        if let Phase::Writing { entry, .. } = flight.phase {
            self.keep(s, c, entry);
        }
        s.containers[c].requests[flight.leader] = Request { stage: Stage::Over, ..Request::default() };
        for r in 0..s.containers[c].requests.len() {
            if s.containers[c].requests[r].stage == Stage::Joined {
                self.recall(s, c, r);
            }
        }
    }

    fn read_epoch(&self, s: &mut State, c: usize, from: Copy) {
        let Some(Phase::Reading { seen, .. }) = s.containers[c].phase() else { return };
        let before = *seen;
        let after = self.epoch_of(s, before, from);
        if let Some(Phase::Reading { seen, .. }) = s.containers[c].phase() {
            *seen = after;
        }
    }

    /// What a read of the epoch sees, or the making of one brings.
    fn epoch_of(&self, s: &mut State, seen: Seen, from: Copy) -> Seen {
        let copy = if from == Copy::Lagging { s.store.lagging } else { s.store.epoch };
        match (copy, seen) {
            (Some(epoch), _) => Seen::Epoch(epoch),
            (None, Seen::Creating) => Seen::Epoch(self.create_epoch(s)),
            (None, _) => Seen::Absence,
        }
    }

    fn create_epoch(&self, s: &mut State) -> Epoch {
        self.witness(s, Witness::EpochMadeAgain);
        let incarnation = if self.mutation == Some(Mutation::CounterRestart) { 0 } else { s.store.incarnations };
        s.store.incarnations += 1;
        *s.store.epoch.insert(Epoch { incarnation, counter: 0 })
    }

    fn land_put(&self, s: &mut State, put: usize) {
        let Some(entry) = s.store.puts[put].take() else { return };
        s.store.puts.sort_unstable();
        if s.store.epoch.is_some_and(|epoch| entry.fence.is_some_and(|fence| !epoch.validates(fence))) {
            self.witness(s, Witness::PutLandedAfterAnInvalidation);
        }
        let standing = s.store.entry.and_then(|standing| standing.fence);
        let Some(fence) = entry.fence else { return };
        if standing.is_none_or(|standing| standing.may_be_replaced_by(fence)) {
            s.check_g2(fence);
            s.store.entry = Some(entry);
        } else {
            self.witness(s, Witness::PutRefusedAsSuperseded);
        }
    }

    /// One write; where there is no epoch item, one is made first, and the write is sent again.
    fn invalidate(&self, s: &mut State, answered: Option<usize>) {
        let Some(epoch) = s.store.epoch else {
            self.create_epoch(s);
            return;
        };
        if self.mutation == Some(Mutation::EventualEpochRead) {
            s.store.lagging = Some(epoch);
        }
        let epoch = epoch.advanced();
        s.store.epoch = Some(epoch);
        s.left.invalidations -= 1;
        s.effective[0] += 1;
        if let Some(c) = answered {
            let sent = s.start(c);
            self.keep_look(s, c, Look { epoch, sent });
        }
    }
}

impl State {
    /// G2, where an entry is kept. An epoch never sinks, so it holds later too.
    pub(super) fn check_g2(&mut self, fence: Epoch) {
        let above = |epoch: Epoch| fence.incarnation == epoch.incarnation && fence.counter > epoch.counter;
        if self.store.epoch.is_some_and(above) {
            self.verdict = Verdict::Broken(Promise::G2);
        }
    }
}

impl Container {
    fn phase(&mut self) -> Option<&mut Phase> {
        self.flight.as_mut().map(|flight| &mut flight.phase)
    }
}

/// The process is gone and another starts; what it sent is on its way.
fn kill(s: &mut State, c: usize) {
    s.left.kills -= 1;
    let mut requests = s.containers[c].requests;
    for request in requests.iter_mut().filter(|request| request.stage != Stage::Unborn) {
        *request = Request { stage: Stage::Over, ..Request::default() };
    }
    s.containers[c] = Container { requests, cut_off: s.containers[c].cut_off, ..Container::default() };
}

/// What happens to the world around the containers.
fn change(s: &mut State, action: Action) {
    match action {
        Action::LoseEpoch => {
            s.left.losses -= 1;
            s.store.epoch = None;
        }
        Action::Tick => {
            s.left.ticks -= 1;
            s.now += 1;
            s.effective = [s.effective[0], s.effective[0], s.effective[1]];
        }
        Action::CutOff { container } => {
            s.left.cuts -= 1;
            s.containers[container].cut_off = true;
        }
        Action::Reconnect { container } => s.containers[container].cut_off = false,
        Action::Lapse => {
            s.left.lapses -= 1;
            let lapse = |entry: &mut Entry| entry.stale = true;
            s.store.entry.iter_mut().for_each(lapse);
            s.store.puts.iter_mut().flatten().for_each(lapse);
            s.containers.iter_mut().for_each(|container| container.memory.iter_mut().for_each(lapse));
        }
        _ => {}
    }
}
