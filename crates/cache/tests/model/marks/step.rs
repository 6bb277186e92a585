use super::state::{Container, Entry, Epoch, Fold, Selector, Stage, State};
use super::{Action, Marked, ThenFold, Witness};
use crate::mutation::Mutation;
use crate::promise::{Promise, Verdict};

impl Marked {
    /// Does `action`.
    pub(super) fn step(&self, s: &mut State, action: Action) {
        match action {
            Action::Begin { container: c } => {
                let container = &mut s.containers[c];
                (container.begun, container.needs, container.stage) = (container.begun + 1, s.effective, Stage::Asking);
            }
            Action::ReadEpoch { container: c } => s.containers[c].stage = Stage::Looked(made(s)),
            Action::ReadEntry { container: c } => self.judge(s, c),
            Action::EndFetch { container: c } => self.end_fetch(s, c),
            Action::Land { put } => land(s, put),
            Action::Invalidate { selector, fold } => self.invalidate(s, selector, fold),
            Action::LandFold { fold } => self.land_fold(s, fold),
            Action::Kill { container: c } => {
                s.left.kills -= 1;
                s.containers[c] = Container { begun: s.containers[c].begun, ..Container::default() };
            }
            Action::LoseEpoch => {
                s.left.losses -= 1;
                s.epoch = None;
            }
        }
    }

    /// The entry is read, in memory or in the store, and served if its fence is good by the look that came before.
    fn judge(&self, s: &mut State, c: usize) {
        let Stage::Looked(seen) = s.containers[c].stage else { return };
        let known = s.containers[c].memory.filter(|entry| seen.validates(*entry));
        let stored = s.entry.filter(|entry| seen.validates(*entry));
        if let Some(entry) = known.or(stored) {
            if seen.marks.floor > 0 && seen.marks.theirs > entry.counter {
                self.witness(s, Witness::SparedByAMarkOfOthers);
            }
            return serve(s, c, entry);
        }
        let dead_by_the_floor =
            |entry: Entry| entry.incarnation == seen.incarnation && entry.counter >= seen.marks.ours;
        if s.entry.is_some_and(dead_by_the_floor) {
            self.witness(s, Witness::DeadByTheFloor);
        }
        let Some(left) = s.left.fetches.checked_sub(1) else {
            s.verdict = Verdict::Beyond;
            return;
        };
        s.left.fetches = left;
        let Epoch { incarnation, counter, .. } = seen;
        s.containers[c].stage = Stage::Fetching(Entry { incarnation, counter, value: s.effective });
    }

    fn end_fetch(&self, s: &mut State, c: usize) {
        let Stage::Fetching(entry) = s.containers[c].stage else { return };
        if let Some(free) = s.puts.iter().position(Option::is_none) {
            s.puts[free] = Some(entry);
            s.puts.sort_unstable();
        }
        serve(s, c, entry);
    }

    /// One write. Whoever made it folds the marks as they then were, if there are too many of them.
    fn invalidate(&self, s: &mut State, selector: Selector, fold: ThenFold) {
        let epoch = made(s).advanced(selector);
        s.epoch = Some(epoch);
        s.left.invalidations -= 1;
        s.effective += u8::from(selector != Selector::Theirs);
        if fold == ThenFold::Yes
            && let Some(free) = s.folds.iter().position(Option::is_none)
        {
            s.left.folds -= 1;
            let mut marks = epoch.marks.folded();
            if self.mutation == Some(Mutation::MarkDropped) {
                marks.floor = epoch.marks.floor;
            }
            s.folds[free] = Some(Fold { seen: (epoch.incarnation, epoch.counter), marks });
        }
    }

    /// One write, conditional on the incarnation and counter that the marks were computed from.
    fn land_fold(&self, s: &mut State, fold: usize) {
        let (Some(Fold { seen, marks }), Some(epoch)) = (s.folds[fold].take(), &mut s.epoch) else { return };
        let unmoved = (epoch.incarnation, epoch.counter) == seen;
        if unmoved || self.mutation == Some(Mutation::UnconditionalFold) {
            epoch.marks = marks;
            self.witness(s, Witness::Folded);
        } else {
            self.witness(s, Witness::FoldOvertaken);
        }
    }

    fn witness(&self, s: &mut State, witness: Witness) {
        if self.witness == Some(witness) {
            s.verdict = Verdict::Witnessed;
        }
    }
}

/// The epoch item, made again under a new incarnation if it was lost.
fn made(s: &mut State) -> Epoch {
    if s.epoch.is_none() {
        s.incarnations += 1;
    }
    *s.epoch.get_or_insert(Epoch { incarnation: s.incarnations, ..Epoch::default() })
}

/// A write lands: never over a newer fence of the same incarnation.
fn land(s: &mut State, put: usize) {
    let Some(entry) = s.puts[put].take() else { return };
    s.puts.sort_unstable();
    if !s.entry.is_some_and(|standing| standing.is_newer_than(entry)) {
        s.entry = Some(entry);
        check_g2(s, entry);
    }
}

fn serve(s: &mut State, c: usize, entry: Entry) {
    if entry.value < s.containers[c].needs {
        s.verdict = Verdict::Broken(Promise::G1);
    }
    check_g2(s, entry);
    let known = s.containers[c].memory;
    let memory = known.filter(|known| known.is_newer_than(entry)).or(Some(entry));
    s.containers[c] = Container { begun: s.containers[c].begun, memory, ..Container::default() };
}

fn check_g2(s: &mut State, entry: Entry) {
    if s.epoch.is_some_and(|epoch| epoch.incarnation == entry.incarnation && entry.counter > epoch.counter) {
        s.verdict = Verdict::Broken(Promise::G2);
    }
}
