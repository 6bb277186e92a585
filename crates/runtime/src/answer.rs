use std::fmt;

use serde::{Deserialize, Serialize};

use crate::month::Month;
use crate::second::{Second, Span};
use crate::timeline::Totals;

/// How long a server ran in a month, and how sure that is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Which server.
    #[serde(flatten)]
    pub server: Server,
    /// Of which month.
    pub month: Month,
    /// The lower bound, in minutes; `None` where nothing is known.
    pub minutes: Option<f64>,
    /// It ran for so many minutes at least.
    pub lower_minutes: Option<f64>,
    /// It ran for so many minutes at most.
    pub upper_minutes: Option<f64>,
    /// How far the bounds are to be trusted.
    pub quality: Quality,
    /// How many starts and ends are timed by what comes some seconds before or after them.
    pub approximate_endpoints: u32,
    /// Seconds that EC2 bills at least; `None` where nothing is known.
    pub billed_seconds: Option<i64>,
    /// Until when the answer tells.
    pub as_of: Second,
    /// The first second that was asked for.
    pub window_from: Second,
    /// The one after the last.
    pub window_to: Second,
    /// Until when CloudTrail was read; `None` where it was not.
    pub source_watermark: Option<Second>,
}

/// An instance, where it is and whose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
    /// Twelve digits; `None` where no evidence tells it.
    pub account_id: Option<String>,
    /// Such as `us-east-1`; `None` where no evidence tells it.
    pub region: Option<String>,
}

/// How far bounds are to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Quality {
    /// Every transition is evidenced, and the evidence covers the window: the bounds are one.
    Exact,
    /// The truth is between the bounds.
    Bounded,
    /// CloudTrail could not be read: this is an earlier answer, or none.
    Stale,
}

impl Answer {
    /// The answer of a month's part until `as_of`.
    #[must_use]
    pub fn new(server: Server, month: Month, window: Span, totals: &Totals, source_watermark: Option<Second>) -> Self {
        let quality = if totals.lower == totals.upper { Quality::Exact } else { Quality::Bounded };
        let [lower, upper] = [totals.lower, totals.upper].map(minutes);
        Self {
            server,
            month,
            minutes: Some(lower),
            lower_minutes: Some(lower),
            upper_minutes: Some(upper),
            quality,
            approximate_endpoints: totals.approximate_endpoints,
            billed_seconds: Some(totals.billed),
            as_of: window.to,
            window_from: window.from,
            window_to: window.to,
            source_watermark,
        }
    }
}

impl Quality {
    /// All of them, the surest first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Bounded, Self::Stale];

    /// As JSON has it too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Bounded => "bounded",
            Self::Stale => "stale",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Seconds as minutes, rounded to two decimals.
fn minutes(seconds: i64) -> f64 {
    (seconds as f64 / 60.0 * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quality_has_the_same_name_everywhere() {
        for quality in Quality::ALL {
            assert_eq!(serde_json::to_value(quality).expect("a text"), quality.name());
            assert_eq!(format!("{quality:>9}").trim(), quality.name());
        }
    }
}
