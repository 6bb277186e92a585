use std::time::Duration;

use lambda_runtime::Diagnostic;
use larder_app::metrics::Measured;
use larder_app::warming::{Warmer, check_event};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Invocations;
use crate::direct::{answer_of, internal, of_problem};

/// Answers the schedule's event, or a direct invocation's `{}`, within that time. What failed stands in the answer.
///
/// # Errors
/// What is wrong with the event; it makes the invocation a function error of that code.
pub async fn warm(
    warmer: &Warmer,
    event: &RawValue,
    within: Duration,
    invocations: &Invocations,
) -> Result<Value, Diagnostic> {
    let event: Value = serde_json::from_str(event.get()).map_err(|error| internal(&error))?;
    check_event(&event).map_err(|problem| of_problem(&problem))?;
    let report = warmer.run(within).await;
    for (data_type, counts) in &report.data_types {
        invocations.measured(Measured::of_warming(data_type, counts));
    }
    answer_of(&report)
}
