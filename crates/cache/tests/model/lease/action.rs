use super::Lease;
use super::state::{Outcome, Over, Stage, State};
use super::step::keeps_renewing;

/// One step of one part of the world; between any two, any other may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Begin {
        container: usize,
    },
    /// The store reads the epoch for a batch.
    ReadEpoch {
        container: usize,
    },
    /// The store reads the entry for a batch.
    ReadEntry {
        container: usize,
    },
    Take {
        container: usize,
        over: Over,
    },
    Renew {
        container: usize,
    },
    EndFetch {
        container: usize,
    },
    /// Upstream fails, or the holder's request is dropped.
    FailFetch {
        container: usize,
    },
    /// The write of the entry is answered.
    EndWrite {
        container: usize,
    },
    /// The write of the entry is not answered in time, whether it lands or not.
    LoseAnswer {
        container: usize,
    },
    /// Sets `ended`, if the lease is still its own.
    Finish {
        container: usize,
    },
    Land {
        put: usize,
    },
    LandTake,
    Invalidate,
    /// The process is gone and another starts; a take may be on its way.
    Kill {
        container: usize,
        sent: Option<Over>,
    },
}

impl Lease {
    /// What may happen next.
    pub(super) fn possible(&self, s: &State, actions: &mut Vec<Action>) {
        let is_over = |c: usize| s.containers[c].stage == Stage::Idle && s.containers[c].begun == self.bounds.requests;
        if (0..2).all(is_over) {
            return;
        }
        for container in 0..s.containers.len() {
            self.possible_at(s, container, actions);
        }
        let distinct = |put: usize| s.puts[put].is_some() && (put == 0 || s.puts[put - 1] != s.puts[put]);
        actions.extend((0..s.puts.len()).filter(|put| distinct(*put)).map(|put| Action::Land { put }));
        if s.late_take.is_some() {
            actions.push(Action::LandTake);
        }
        if s.left.invalidations > 0 {
            actions.push(Action::Invalidate);
        }
    }

    fn possible_at(&self, s: &State, container: usize, actions: &mut Vec<Action>) {
        let stage = s.containers[container].stage;
        match stage {
            // Containers are alike: the first to begin is called the first.
            Stage::Idle => {
                if s.containers[container].begun < self.bounds.requests && (container == 0 || s.containers[0].begun > 0)
                {
                    actions.push(Action::Begin { container });
                }
                return;
            }
            Stage::Reading { epoch, entry, .. } => {
                let parts = [
                    (epoch.is_none(), Action::ReadEpoch { container }),
                    (entry.is_none(), Action::ReadEntry { container }),
                ];
                actions.extend(parts.into_iter().filter(|(unread, _)| *unread).map(|(_, read)| read));
            }
            Stage::Looked { named, .. } => {
                for over in possible_takes(s, container, named) {
                    actions.push(Action::Take { container, over });
                    if s.left.kills > 0 && s.late_take.is_none() {
                        actions.push(Action::Kill { container, sent: Some(over) });
                    }
                }
            }
            Stage::Fetching { .. } => {
                actions.push(Action::EndFetch { container });
                if s.left.failures > 0 {
                    actions.push(Action::FailFetch { container });
                }
            }
            Stage::Writing { outcome, .. } => {
                if outcome != Outcome::Unknown {
                    actions.push(Action::EndWrite { container });
                }
                if s.left.lost_answers > 0 {
                    actions.push(Action::LoseAnswer { container });
                }
            }
            Stage::Ending { .. } => actions.push(Action::Finish { container }),
        }
        if s.left.renewals > 0 && matches!(stage, Stage::Fetching { .. } | Stage::Writing { .. }) {
            actions.push(Action::Renew { container });
        }
        if s.left.kills > 0 {
            actions.push(Action::Kill { container, sent: None });
        }
    }
}

/// What a container that found nothing may take the lease over.
fn possible_takes(s: &State, c: usize, named: Option<u8>) -> impl Iterator<Item = Over> {
    let observed = s.containers[c].observed;
    let stands = |owner: u8| s.item.is_some_and(|item| item.owner == owner);
    let renewed =
        |owner: u8| s.containers.iter().any(|other| other.stage.held() == Some(owner) && keeps_renewing(other.stage));
    let run_out = observed.filter(|item| !(stands(item.owner) && renewed(item.owner)) || s.left.freezes > 0);
    let by_reading = Some(named.map_or(Over::Absence, Over::Named));
    let by_end = observed.filter(|item| item.ended).map(|item| Over::Ended(item.owner));
    [by_reading, by_end, run_out.map(|item| Over::RunOut(item.owner))].into_iter().flatten()
}
