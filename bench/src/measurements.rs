use futures::future::LocalBoxFuture;

use crate::arguments::Effort;
use crate::contest::Comparison;
use crate::{in_process, lambda};

/// One row of the table.
pub(crate) struct Measurement {
    /// What is measured: unique, and what a row is chosen by on the command line.
    pub(crate) name: &'static str,
    /// What it is measured against.
    pub(crate) beside: &'static str,
    pub(crate) run: fn(Effort) -> LocalBoxFuture<'static, anyhow::Result<Outcome>>,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) comparison: Comparison,
    /// Requests that one operation made to the store, where they were counted.
    pub(crate) requests: Option<f64>,
    /// The bytes of one answer's body.
    pub(crate) bytes: usize,
}

/// Every measurement, in the order of the table.
pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "in process: memory hit",
        beside: "quick_cache get",
        run: |effort| Box::pin(in_process::memory_hit::run(effort)),
    },
    Measurement {
        name: "in process: store hit, SQLite",
        beside: "one SELECT of both rows",
        run: |effort| Box::pin(in_process::store_hit_sqlite::run(effort)),
    },
    Measurement {
        name: "in process: store hit, DynamoDB Local",
        beside: "BatchGetItem of both items",
        run: |effort| Box::pin(in_process::store_hit_dynamodb::run(effort)),
    },
    Measurement {
        name: "in process: miss with lease, SQLite",
        beside: "SELECT + 2 INSERTs",
        run: |effort| Box::pin(in_process::miss_sqlite::run(effort)),
    },
    Measurement {
        name: "in process: miss with lease, DynamoDB Local",
        beside: "GetItem + conditional put + put",
        run: |effort| Box::pin(in_process::miss_dynamodb::run(effort)),
    },
    Measurement {
        name: "lambda: memory hit, small",
        beside: "bare lambda_http function",
        run: |effort| Box::pin(lambda::memory_hit::run(effort, lambda::SMALL)),
    },
    Measurement {
        name: "lambda: memory hit, large",
        beside: "bare lambda_http function",
        run: |effort| Box::pin(lambda::memory_hit::run(effort, lambda::LARGE)),
    },
    Measurement {
        name: "lambda: store hit, DynamoDB Local",
        beside: "bare lambda_http function",
        run: |effort| Box::pin(lambda::store_hit::run(effort)),
    },
    Measurement {
        name: "lambda: miss with lease, DynamoDB Local",
        beside: "bare lambda_http function",
        run: |effort| Box::pin(lambda::miss::run(effort)),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = MEASUREMENTS.iter().map(|measurement| measurement.name).collect();
        assert_eq!(names.len(), MEASUREMENTS.len());
    }
}
