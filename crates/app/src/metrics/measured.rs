use super::table::{DimensionSet, Metric};

/// Values of metrics that share their dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub(super) of: Of,
    pub(super) values: Vec<(&'static Metric, Vec<Repeated>)>,
}

/// A value that was measured so many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Repeated {
    pub(super) value: f64,
    pub(super) times: u64,
}

/// What values are of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The whole deployment.
    All,
    /// A data type; they count for the total as well.
    DataType(String),
    /// A layer of a data type; they count for nothing else.
    Layer(String, &'static str),
}

impl Measured {
    /// None yet.
    #[must_use]
    pub fn of(of: Of) -> Self {
        Self { of, values: Vec::new() }
    }

    /// With a value.
    #[must_use]
    pub fn with(self, metric: &'static Metric, value: f64) -> Self {
        self.with_repeated(metric, &[Repeated { value, times: 1 }])
    }

    /// With a count, if there is anything to count: who sees none knows that there was none.
    #[must_use]
    pub fn counting(self, metric: &'static Metric, count: u64) -> Self {
        if count == 0 { self } else { self.with(metric, count as f64) }
    }

    /// With so many 1s and 0s.
    #[must_use]
    pub(super) fn with_shares(self, metric: &'static Metric, ones: u64, zeros: u64) -> Self {
        self.with_repeated(metric, &[Repeated { value: 1.0, times: ones }, Repeated { value: 0.0, times: zeros }])
    }

    /// With values, if there are any.
    #[must_use]
    pub(super) fn with_repeated(mut self, metric: &'static Metric, values: &[Repeated]) -> Self {
        let values: Vec<_> = values.iter().filter(|value| value.times > 0).copied().collect();
        if !values.is_empty() {
            self.values.push((metric, values));
        }
        self
    }
}

impl Of {
    /// The sets of dimensions that such values are told by.
    pub(super) fn dimension_sets(&self) -> &'static [DimensionSet] {
        match self {
            Self::All => &[DimensionSet::Total],
            Self::DataType(_) => &[DimensionSet::DataType, DimensionSet::Total],
            Self::Layer(..) => &[DimensionSet::DataTypeAndLayer],
        }
    }

    /// The dimensions with their values.
    pub(super) fn dimensions(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::All => Vec::new(),
            Self::DataType(data_type) => vec![("DataType", data_type)],
            Self::Layer(data_type, layer) => vec![("DataType", data_type), ("Layer", layer)],
        }
    }
}
