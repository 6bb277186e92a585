use super::action::Action;
use super::state::{Container, Fill, Item, Outcome, Over, Stage, State};
use super::{Lease, Witness};
use crate::mutation::Mutation;
use crate::promise::{Promise, Verdict};

impl Lease {
    /// Does `action`.
    pub(super) fn step(&self, s: &mut State, action: Action) {
        match action {
            Action::Begin { container: c } => {
                s.containers[c].begun += 1;
                s.containers[c].needs = s.epoch;
                s.containers[c].observed = None;
                s.containers[c].stage = READING;
            }
            Action::ReadEpoch { container: c } => {
                let seen = s.epoch;
                if let Stage::Reading { epoch, .. } = &mut s.containers[c].stage {
                    *epoch = Some(seen);
                }
                self.answer(s, c);
            }
            Action::ReadEntry { container: c } => {
                let seen = s.entry;
                if let Stage::Reading { entry, .. } = &mut s.containers[c].stage {
                    *entry = Some(seen);
                }
                self.answer(s, c);
            }
            Action::Take { container: c, over } => self.take(s, c, over),
            Action::Renew { container: c } => renew(s, c),
            Action::EndFetch { container: c } => end_fetch(s, c),
            Action::FailFetch { container: c } => {
                s.left.failures -= 1;
                give_up(s, c);
            }
            Action::EndWrite { container: c } => end_write(s, c),
            Action::LoseAnswer { container: c } => {
                s.left.lost_answers -= 1;
                give_up(s, c);
            }
            Action::Finish { container: c } => {
                let held = s.containers[c].stage.held();
                s.item = s.item.map(|item| Item { ended: item.ended || Some(item.owner) == held, ..item });
                s.containers[c].stage = Stage::Idle;
            }
            Action::Land { put } => self.land(s, put),
            Action::LandTake => self.land_take(s),
            Action::Invalidate => {
                s.left.invalidations -= 1;
                s.epoch += 1;
            }
            Action::Kill { container: c, sent } => {
                s.left.kills -= 1;
                count_in_vain(s, c);
                s.containers[c].stage = Stage::Idle;
                s.late_take = s.late_take.or(sent);
            }
        }
    }

    /// Both parts of the batch are there.
    fn answer(&self, s: &mut State, c: usize) {
        let Stage::Reading { epoch: Some(look), entry: Some(entry), under } = s.containers[c].stage else { return };
        if let Some(fill) = entry.filter(|fill| fill.fence >= look) {
            if fill.value < s.containers[c].needs {
                s.verdict = Verdict::Broken(Promise::G1);
            }
            if s.containers[c].observed.is_some() {
                self.witness(s, if under.is_some() { Witness::FilledBeforeTheTake } else { Witness::WaiterServed });
            }
            s.containers[c].stage = under.map_or(Stage::Idle, |owner| Stage::Ending { owner });
            return;
        }
        match under {
            Some(owner) => self.fetch(s, c, owner, look),
            None => s.containers[c].stage = Stage::Looked { look, named: entry.map(|fill| fill.lease) },
        }
    }

    /// One conditional put. The answer is that it is ours, or the item that stands there.
    fn take(&self, s: &mut State, c: usize, over: Over) {
        let Stage::Looked { look, .. } = s.containers[c].stage else { return };
        if let Some(item) = s.item.filter(|item| !self.may_take(s, *item, over)) {
            s.containers[c].observed = Some(item);
            s.containers[c].stage = READING;
            return;
        }
        if let Over::RunOut(owner) = over {
            self.take_from_a_frozen_holder(s, owner);
        }
        let owner = new_token(s);
        s.item = Some(Item { owner, ended: false });
        self.witness(
            s,
            match over {
                Over::Absence => Witness::TakenByAbsence,
                Over::Named(_) => Witness::TakenOverAFilledLease,
                Over::Ended(_) => Witness::TakenOverAnEndedLease,
                Over::RunOut(_) => Witness::TakenOverARunOutLease,
            },
        );
        let read_again = matches!(over, Over::RunOut(_)) && self.mutation != Some(Mutation::RunOutTakenUnread);
        if read_again {
            s.containers[c].stage = Stage::Reading { epoch: None, entry: None, under: Some(owner) };
        } else {
            self.fetch(s, c, owner, look);
        }
    }

    fn may_take(&self, s: &State, item: Item, over: Over) -> bool {
        let finished = item.ended || s.entry.is_some_and(|fill| fill.lease == item.owner);
        over.owner() == Some(item.owner) || finished && self.mutation == Some(Mutation::TakeWithoutCompare)
    }

    fn take_from_a_frozen_holder(&self, s: &mut State, owner: u8) {
        let is_frozen =
            |container: &Container| container.stage.held() == Some(owner) && keeps_renewing(container.stage);
        let Some(frozen) = s.containers.iter().position(is_frozen) else { return };
        s.left.freezes = s.left.freezes.saturating_sub(1);
        count_in_vain(s, frozen);
        self.witness(s, Witness::FrozenHolderReplaced);
    }

    fn fetch(&self, s: &mut State, c: usize, owner: u8, fence: u8) {
        s.fetches += 1;
        // Frozen before it fetched, and does so all the same.
        s.in_vain += u8::from(s.is_replaced(c));
        if s.fetches > 1 + s.epoch + s.in_vain {
            s.verdict = Verdict::Broken(Promise::G4);
        }
        s.containers[c].stage = Stage::Fetching { owner, fence, value: s.epoch };
    }

    /// Never over a newer fence.
    fn land(&self, s: &mut State, put: usize) {
        let Some(fill) = s.puts[put].take() else { return };
        s.puts.sort_unstable();
        let superseded = s.entry.is_some_and(|standing| standing.fence > fill.fence);
        if !superseded {
            s.entry = Some(fill);
        }
        let sender = s.containers.iter_mut().find_map(|container| match &mut container.stage {
            Stage::Writing { fill: sent, outcome, .. } if *sent == fill => Some(outcome),
            _ => None,
        });
        match sender {
            Some(outcome) => *outcome = if superseded { Outcome::Superseded } else { Outcome::Written },
            None => self.witness(s, Witness::PutLandedLate),
        }
    }

    fn land_take(&self, s: &mut State) {
        let Some(over) = s.late_take.take() else { return };
        if s.item.is_none_or(|item| self.may_take(s, item, over)) {
            if let Over::RunOut(owner) = over {
                self.take_from_a_frozen_holder(s, owner);
            }
            let owner = new_token(s);
            s.item = Some(Item { owner, ended: false });
            self.witness(s, Witness::TakenByTheDead);
        }
    }
}

pub(super) const READING: Stage = Stage::Reading { epoch: None, entry: None, under: None };

/// Whether a living process in this stage renews its lease in time, so that it stands unchanged for its duration only
/// if the process was frozen.
pub(super) fn keeps_renewing(stage: Stage) -> bool {
    stage.is_unfilled_fetch() || matches!(stage, Stage::Reading { under: Some(_), .. })
}

fn new_token(s: &mut State) -> u8 {
    s.tokens += 1;
    s.tokens
}

/// On condition that the old token stands there; refused, it changes nothing.
fn renew(s: &mut State, c: usize) {
    s.left.renewals -= 1;
    if s.item.map(|item| item.owner) != s.containers[c].stage.held() {
        return;
    }
    let renewed = new_token(s);
    s.item = Some(Item { owner: renewed, ended: false });
    if let Stage::Fetching { owner, .. } | Stage::Writing { owner, .. } = &mut s.containers[c].stage {
        *owner = renewed;
    }
}

fn end_fetch(s: &mut State, c: usize) {
    let Stage::Fetching { owner, fence, value } = s.containers[c].stage else { return };
    let fill = Fill { fence, value, lease: owner };
    if let Some(free) = s.puts.iter().position(Option::is_none) {
        s.puts[free] = Some(fill);
        s.puts.sort_unstable();
    }
    s.containers[c].stage = Stage::Writing { owner, fill, outcome: Outcome::Unknown };
}

/// The write is answered. An entry that names the lease as it now stands has ended it.
fn end_write(s: &mut State, c: usize) {
    let Stage::Writing { owner, fill, outcome } = s.containers[c].stage else { return };
    let ended = outcome == Outcome::Written && fill.lease == owner;
    s.containers[c].stage = if ended { Stage::Idle } else { Stage::Ending { owner } };
}

/// Counts the fetch that a holder will not fill, unless it counts already since its holder was replaced.
fn count_in_vain(s: &mut State, c: usize) {
    s.in_vain += u8::from(s.containers[c].stage.is_unfilled_fetch() && !s.is_replaced(c));
}

/// A fetch that filled nothing, as far as its holder knows.
fn give_up(s: &mut State, c: usize) {
    count_in_vain(s, c);
    if let Some(owner) = s.containers[c].stage.held() {
        s.containers[c].stage = Stage::Ending { owner };
    }
}
