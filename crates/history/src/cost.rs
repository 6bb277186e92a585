use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Period;

/// Which amount of a cost is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// As it stands on the bill, on the day that it was charged.
    #[default]
    Unblended,
    /// Payments in advance, spread over the days that they are for.
    Amortised,
}

/// What one service cost an account on one day. Amounts are exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostRow {
    /// In UTC, as AWS bills.
    pub day: Date,
    /// As Cost Explorer names it: `Amazon Elastic Compute Cloud - Compute`.
    pub service: String,
    /// ISO 4217: `USD`.
    pub currency: String,
    /// See [`Metric::Unblended`].
    pub unblended: BigDecimal,
    /// See [`Metric::Amortised`].
    pub amortised: BigDecimal,
    /// Whether AWS may still change it.
    pub estimated: bool,
}

/// What is kept of an account's costs in a span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostsOfAccount {
    /// When the last sync that succeeded began to ask AWS.
    pub as_of: Timestamp,
    /// The days of the period that were asked for with success: of the others nothing is known.
    pub known: Vec<Period>,
    /// By day and service. A service without a row on a known day cost nothing then; one that once was told and is no
    /// more has amounts of 0.
    pub rows: Vec<CostRow>,
}
