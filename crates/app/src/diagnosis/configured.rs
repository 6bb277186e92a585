use super::{Finding, Severity};
use crate::wiring::ConfiguredRegion;

/// That the configured region is none.
#[must_use]
pub fn region_finding(configured: &ConfiguredRegion) -> Option<Finding> {
    let problem = configured.region().err()?;
    let advice = format!("Correct {}: it is asked where no region is named, and by the AWS SDK.", configured.source);
    Some(Finding::new(Severity::Misconfigured, problem.detail()).advising(advice))
}
