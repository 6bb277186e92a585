use clap::Parser;

/// Measures Larder, each number beside its floor or peer.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Only the measurements whose name contains one of these
    names: Vec<String>,
    /// Alternating rounds of each measurement
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// As little as possible: shows that everything works, and says nothing of speed
    #[arg(long)]
    quick: bool,
    /// Write the table into bench/RESULTS.md too
    #[arg(long)]
    pub(crate) write: bool,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// How often the two sides take turns.
    pub(crate) rounds: u32,
    /// What the full number of samples is divided by.
    divisor: usize,
}

impl Arguments {
    pub(crate) fn ask_for(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|asked| name.contains(asked))
    }

    pub(crate) fn effort(&self) -> Effort {
        if self.quick { Effort { rounds: 2, divisor: 100 } } else { Effort { rounds: self.rounds, divisor: 1 } }
    }
}

impl Effort {
    /// How many samples each side takes in a round, where a full run takes `full`.
    pub(crate) fn samples(self, full: usize) -> usize {
        full.div_ceil(self.divisor)
    }
}
