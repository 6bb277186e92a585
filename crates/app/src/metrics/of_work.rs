use super::measured::{Measured, Of};
use super::table::{
    EVENTS_IGNORED, EVENTS_INVALIDATED, EVENTS_TAKEN, RUNTIME_ERROR_RATE, RUNTIME_REMAINING, RUNTIME_SERVERS,
    WARM_FAILED, WARM_REFRESHED, WARM_SAVED, WARM_WASTED,
};
use crate::events::EventReport;
use crate::runtime::CalculationReport;
use crate::warming::TypeReport;

impl From<&CalculationReport> for Measured {
    /// A run's errors are a share of what it had to do, so that they mean the same in a fleet of any size.
    fn from(report: &CalculationReport) -> Self {
        let CalculationReport { total_servers, processed, errors, remaining, .. } = report;
        let tried = (processed + errors).max(1);
        Self::of(Of::All)
            .with(&RUNTIME_SERVERS, *total_servers as f64)
            .with(&RUNTIME_REMAINING, *remaining as f64)
            .with(&RUNTIME_ERROR_RATE, 100.0 * *errors as f64 / tried as f64)
    }
}

impl From<&EventReport> for Measured {
    fn from(report: &EventReport) -> Self {
        Self::of(Of::All)
            .with(&EVENTS_TAKEN, 1.0)
            .counting(&EVENTS_IGNORED, report.ignored as u64)
            .counting(&EVENTS_INVALIDATED, report.invalidated.len() as u64)
    }
}

impl Measured {
    /// What a run of the warmer did for a data type.
    #[must_use]
    pub fn of_warming(data_type: &str, report: &TypeReport) -> Self {
        Self::of(Of::DataType(data_type.to_owned()))
            .counting(&WARM_REFRESHED, report.refreshed as u64)
            .counting(&WARM_SAVED, report.saved as u64)
            .counting(&WARM_WASTED, report.wasted as u64)
            .counting(&WARM_FAILED, report.failed as u64)
    }
}
