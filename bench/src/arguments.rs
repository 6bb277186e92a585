use clap::Parser;

const ROUNDS: u32 = 20;

/// Measures Larder, each number beside its floor or peer. Writes bench/RESULTS.md when it measures everything in full.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Only the measurements whose name contains one of these
    names: Vec<String>,
    /// Alternating rounds of each measurement
    #[arg(long, default_value_t = ROUNDS, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// As little as possible: shows that everything works, and says nothing of speed
    #[arg(long)]
    quick: bool,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// How often the two sides take turns.
    pub(crate) rounds: u32,
    /// What the full number of samples is divided by; 1 in a full run.
    divisor: usize,
}

impl Arguments {
    pub(crate) fn ask_for(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|asked| name.contains(asked))
    }

    /// Whether nothing is left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.names.is_empty() && !self.quick && self.rounds >= ROUNDS
    }

    pub(crate) fn effort(&self) -> Effort {
        if self.quick { Effort { rounds: 2, divisor: 100 } } else { Effort { rounds: self.rounds, divisor: 1 } }
    }
}

impl Effort {
    /// Whether the numbers say nothing.
    pub(crate) fn is_quick(self) -> bool {
        self.divisor > 1
    }

    /// How many samples each side takes in a round, or how large a thing is made, where that is `full` in a full run.
    pub(crate) fn samples(self, full: usize) -> usize {
        full.div_ceil(self.divisor)
    }
}
