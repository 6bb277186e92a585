use serde::{Deserialize, Serialize};

use crate::second::{Second, Span};

/// When an instance ran, and when it may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    pieces: Vec<Piece>,
    turns: Vec<(Second, bool)>,
    billed: Vec<(Second, i64)>,
    ran_from_the_beginning: bool,
}

/// A span in which it ran, or may have run for all, some or none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Piece {
    /// From when until when.
    #[serde(flatten)]
    pub span: Span,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How sure it is that an instance ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Certainty {
    /// It ran.
    On,
    /// Anything may have happened.
    Maybe,
}

/// What a timeline holds of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Seconds that it ran for at least.
    pub lower: i64,
    /// Seconds that it ran for at most.
    pub upper: i64,
    /// Seconds that EC2 bills at least.
    pub billed: i64,
    /// How many starts and ends are timed by when they were asked for or over, not by when they were.
    pub approximate_endpoints: u32,
}

impl Timeline {
    /// What it holds of a span. Those of spans side by side add up to that of both.
    #[must_use]
    pub fn totals(&self, span: &Span) -> Totals {
        let mut totals = Totals::default();
        for piece in &self.pieces {
            let seconds = piece.span.and(span).seconds();
            totals.upper += seconds;
            if piece.certainty == Certainty::On {
                totals.lower += seconds;
            }
        }
        let billed = self.billed.iter().filter(|(moment, _)| span.contains(*moment));
        totals.billed = totals.lower + billed.map(|(_, seconds)| seconds).sum::<i64>();
        let approximate = self.turns.iter().filter(|(moment, approximate)| *approximate && span.contains(*moment));
        totals.approximate_endpoints = u32::try_from(approximate.count()).unwrap_or(u32::MAX);
        totals
    }

    /// Whether the first that is known of it is that it ran: since when, nothing tells.
    #[must_use]
    pub fn ran_from_the_beginning(&self) -> bool {
        self.ran_from_the_beginning
    }

    pub(crate) fn begins_running(&mut self) {
        self.ran_from_the_beginning = true;
    }

    /// Adds what comes next.
    pub(crate) fn push(&mut self, span: Span, certainty: Certainty) {
        if span.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.certainty == certainty && last.span.to == span.from => last.span.to = span.to,
            _ => self.pieces.push(Piece { span, certainty }),
        }
    }

    /// It began or ceased to run then.
    pub(crate) fn turn(&mut self, moment: Second, is_approximate: bool) {
        self.turns.push((moment, is_approximate));
    }

    /// So many seconds are billed for what began or ceased then, beside those that it ran.
    pub(crate) fn bill(&mut self, moment: Second, seconds: i64) {
        if seconds > 0 {
            self.billed.push((moment, seconds));
        }
    }
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.lower += other.lower;
        self.upper += other.upper;
        self.billed += other.billed;
        self.approximate_endpoints += other.approximate_endpoints;
    }
}
