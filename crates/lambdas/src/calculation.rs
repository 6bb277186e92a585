use std::time::Duration;

use lambda_runtime::{Context, Diagnostic};
use larder_app::Environment;
use larder_app::runtime::{CalculationRequest, RuntimeCalculator};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Invocations;
use crate::direct::{answer_of, internal, of_problem};

/// What the function's end takes: the answer must be out before Lambda stops it.
const TO_ANSWER: Duration = Duration::from_secs(2);

/// How long a function may work on, by its deadline: whole milliseconds since 1970.
#[must_use]
pub fn time_left(context: &Context, environment: &dyn Environment) -> Duration {
    Duration::from_millis(context.deadline).saturating_sub(environment.now().wall).saturating_sub(TO_ANSWER)
}

/// Answers the hourly event, or a direct invocation's `{month?, accounts?, regions?, instanceIds?}`, within that time.
/// What failed stands in the answer.
///
/// # Errors
/// What is wrong with the event; it makes the invocation a function error of that code.
pub async fn calculate(
    calculator: &RuntimeCalculator,
    event: &RawValue,
    within: Duration,
    invocations: &Invocations,
) -> Result<Value, Diagnostic> {
    let event: Value = serde_json::from_str(event.get()).map_err(|error| internal(&error))?;
    let request = CalculationRequest::parse(&event, calculator.current_month());
    let request = request.map_err(|problem| of_problem(&problem))?;
    let report = calculator.run(&request, within).await;
    invocations.measured(&report);
    answer_of(&report)
}
