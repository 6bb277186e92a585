use super::Reading;
use super::state::{Flight, LookRead, Phase, Seen, Stage, State};

/// One step of one part of the world; between any two, any other may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Begin {
        container: usize,
        request: usize,
    },
    /// The store reads the epoch for a batch.
    ReadEpoch {
        container: usize,
        from: Copy,
    },
    /// The store reads the entry for a batch.
    ReadEntry {
        container: usize,
    },
    AnswerBatch {
        container: usize,
    },
    /// A container learns that the store is out of reach.
    FailBatch {
        container: usize,
    },
    SendLook {
        container: usize,
        request: usize,
    },
    ReadLook {
        container: usize,
        from: Copy,
    },
    AnswerLook {
        container: usize,
    },
    FailLook {
        container: usize,
    },
    /// A request takes up the newest look, or what it joined.
    Judge {
        container: usize,
        request: usize,
    },
    JudgeBlind {
        container: usize,
        request: usize,
    },
    EndFetch {
        container: usize,
    },
    FailFetch {
        container: usize,
    },
    EndWrite {
        container: usize,
    },
    /// A write lands, however late.
    Land {
        put: usize,
    },
    /// An invalidation takes effect, or finds no epoch item and has one made first. Its answer is a look for the
    /// container that sent it; without one, the answer is lost, or reaches nobody who is looked at here.
    Invalidate {
        answered: Option<usize>,
    },
    Kill {
        container: usize,
    },
    /// The request that leads a flight runs out of time.
    DropLeader {
        container: usize,
    },
    LoseEpoch,
    Tick,
    CutOff {
        container: usize,
    },
    Reconnect {
        container: usize,
    },
    /// All that is cached grows stale.
    Lapse,
}

/// Which copy of the epoch a read finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    Newest,
    Lagging,
}

impl Reading {
    /// What may happen next.
    pub(super) fn possible(&self, s: &State, actions: &mut Vec<Action>) {
        if s.containers.iter().all(|container| self.is_over(container)) {
            return;
        }
        for container in 0..s.containers.len() {
            self.possible_beginnings(s, container, actions);
            self.possible_in_flight(s, container, actions);
            self.possible_looks(s, container, actions);
            possible_faults(s, container, actions);
        }
        for put in 0..s.store.puts.len() {
            if s.store.puts[put].is_some() && (put == 0 || s.store.puts[put - 1] != s.store.puts[put]) {
                actions.push(Action::Land { put });
            }
        }
        let cached = s.store.entry.is_some() || s.containers.iter().any(|container| container.memory.is_some());
        let world = [
            (s.left.invalidations > 0, Action::Invalidate { answered: None }),
            (s.left.losses > 0 && s.store.epoch.is_some(), Action::LoseEpoch),
            (s.left.ticks > 0, Action::Tick),
            (s.left.lapses > 0 && cached, Action::Lapse),
        ];
        actions.extend(world.into_iter().filter(|(possible, _)| *possible).map(|(_, action)| action));
    }

    fn possible_beginnings(&self, s: &State, container: usize, actions: &mut Vec<Action>) {
        // Requests of a container are alike, and so are containers: the first to begin is called the first.
        let unborn = |c: usize, r: usize| s.containers[c].requests[r].stage == Stage::Unborn;
        let next = (0..usize::from(s.left.requests)).find(|&request| unborn(container, request));
        if let Some(request) = next
            && (container == 0 || !unborn(0, 0))
        {
            actions.push(Action::Begin { container, request });
        }
        if s.left.invalidations > 0 && !s.containers[container].cut_off && s.store.epoch.is_some() {
            actions.push(Action::Invalidate { answered: Some(container) });
        }
    }

    fn possible_in_flight(&self, s: &State, container: usize, actions: &mut Vec<Action>) {
        let cut_off = s.containers[container].cut_off;
        match s.containers[container].flight.map(|flight: Flight| flight.phase) {
            Some(Phase::Reading { seen, entry, .. }) => {
                if !cut_off {
                    self.possible_epoch_reads(s, seen, actions, |from| Action::ReadEpoch { container, from });
                    if entry.is_none() {
                        actions.push(Action::ReadEntry { container });
                    }
                }
                if entry.is_some() && matches!(seen, Seen::Epoch(_) | Seen::Absence) {
                    actions.push(Action::AnswerBatch { container });
                }
                if cut_off {
                    actions.push(Action::FailBatch { container });
                }
            }
            Some(Phase::Fetching { .. }) => {
                actions.push(Action::EndFetch { container });
                if s.left.failures > 0 {
                    actions.push(Action::FailFetch { container });
                }
            }
            Some(Phase::Writing { .. }) => actions.push(Action::EndWrite { container }),
            None => {}
        }
    }

    fn possible_looks(&self, s: &State, container: usize, actions: &mut Vec<Action>) {
        let cut_off = s.containers[container].cut_off;
        for request in 0..s.containers[container].requests.len() {
            let waits = matches!(s.containers[container].requests[request].stage, Stage::Looking | Stage::Offered(_));
            let looks = s.containers[container].look_read.is_some_and(|read| read.leader == request);
            if !waits || looks {
                continue;
            }
            if self.takes_unseen(s, container, request) || self.usable(s, container, request).is_some() {
                actions.push(Action::Judge { container, request });
            } else if cut_off {
                actions.push(Action::JudgeBlind { container, request });
            } else if s.containers[container].look_read.is_none() {
                actions.push(Action::SendLook { container, request });
            }
        }
        let Some(LookRead { seen, .. }) = s.containers[container].look_read else { return };
        if cut_off {
            actions.push(Action::FailLook { container });
        } else {
            self.possible_epoch_reads(s, seen, actions, |from| Action::ReadLook { container, from });
        }
        if matches!(seen, Seen::Epoch(_) | Seen::Absence) {
            actions.push(Action::AnswerLook { container });
        }
    }

    fn possible_epoch_reads(&self, s: &State, seen: Seen, actions: &mut Vec<Action>, read: impl Fn(Copy) -> Action) {
        if matches!(seen, Seen::Nothing | Seen::Creating) {
            actions.push(read(Copy::Newest));
        }
        if seen == Seen::Nothing && s.store.lagging.is_some() {
            actions.push(read(Copy::Lagging));
        }
    }
}

fn possible_faults(s: &State, container: usize, actions: &mut Vec<Action>) {
    let here = &s.containers[container];
    let busy = here.requests.iter().any(|request| !matches!(request.stage, Stage::Unborn | Stage::Over));
    let faults = [
        (s.left.kills > 0 && (busy || here.memory.is_some()), Action::Kill { container }),
        (s.left.drops > 0 && here.flight.is_some(), Action::DropLeader { container }),
        (s.left.cuts > 0 && !here.cut_off, Action::CutOff { container }),
        (here.cut_off, Action::Reconnect { container }),
    ];
    actions.extend(faults.into_iter().filter(|(possible, _)| *possible).map(|(_, action)| action));
}
