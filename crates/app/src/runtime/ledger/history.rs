use larder_runtime::{Checkpoint, Coverage, Evidence, Second, Span, Timeline, Totals, timeline};

/// All that is known of an instance.
#[derive(Clone, Debug)]
pub struct History {
    /// That of the checkpoint's item when it was read.
    pub(super) version: Option<u64>,
    /// What was made of the evidence until a moment, and since when it has the days.
    pub checkpoint: Option<(Second, Checkpoint)>,
    /// The evidence after it, or all.
    pub evidence: Vec<Evidence>,
}

/// When an instance ran.
#[derive(Clone, Debug)]
pub struct Ran<'a> {
    checkpoint: Option<&'a Checkpoint>,
    timeline: Timeline,
}

impl History {
    /// When it ran, by where CloudTrail was read.
    #[must_use]
    pub fn ran(&self, recorded: &Coverage) -> Ran<'_> {
        match &self.checkpoint {
            Some((_, checkpoint)) => {
                Ran { checkpoint: Some(checkpoint), timeline: checkpoint.timeline(&self.evidence, recorded) }
            }
            None => Ran { checkpoint: None, timeline: timeline(&self.evidence, recorded) },
        }
    }

    /// The next checkpoint, until `latest` at most, and since when it has the days. `None` if there is no later one.
    #[must_use]
    pub fn next_checkpoint(&self, recorded: &Coverage, from: Second, latest: Second) -> Option<Checkpoint> {
        let base = self.checkpoint.as_ref().map(|(_, checkpoint)| checkpoint);
        Checkpoint::new(base, &self.evidence, recorded, from, latest)
    }
}

impl Ran<'_> {
    /// What it comes to in whole days, or in the days until now.
    #[must_use]
    pub fn totals(&self, span: &Span) -> Totals {
        let mut totals = self.checkpoint.map(|checkpoint| checkpoint.totals(span)).unwrap_or_default();
        totals += self.timeline.totals(span);
        totals
    }
}
