use crate::contest::Comparison;
use crate::figure::Figure;

/// One row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What is measured, after the name of its measurement; may be empty.
    pub(crate) what: String,
    pub(crate) larder: Figure,
    /// What it is measured against.
    pub(crate) peer: String,
    pub(crate) beside: Figure,
    pub(crate) ratio: f64,
    pub(crate) target: Option<Target>,
    /// What was counted on Larder's side: most often what one operation asked of the store.
    pub(crate) counted: String,
}

/// What was to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) wanted: String,
    pub(crate) met: bool,
}

impl Row {
    /// One of two figures of a kind.
    pub(crate) fn new(what: impl Into<String>, larder: Figure, peer: impl Into<String>, beside: Figure) -> Self {
        let ratio = larder.number() / beside.number();
        Self { what: what.into(), larder, peer: peer.into(), beside, ratio, target: None, counted: String::new() }
    }

    /// One of two sides that took turns.
    pub(crate) fn of(what: impl Into<String>, comparison: Comparison, peer: impl Into<String>) -> Self {
        let [larder, beside] = [comparison.measured, comparison.beside].map(Figure::Time);
        Self { ratio: comparison.ratio, ..Self::new(what, larder, peer, beside) }
    }

    pub(crate) fn at_most(self, ratio: f64) -> Self {
        let met = self.ratio <= ratio;
        self.reaching(Target { wanted: format!("≤ {ratio} ×"), met })
    }

    pub(crate) fn reaching(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    pub(crate) fn counted(self, counted: impl Into<String>) -> Self {
        Self { counted: counted.into(), ..self }
    }
}
