use crate::HistoryError;
use crate::sql::Reader;
use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// A table as it is told and exported.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Its columns, in the order of the key.
    pub(crate) key: &'static str,
    columns: &'static [(&'static str, ColumnType)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnType {
    Text,
    Integer,
    Flag,
    Moment,
    Day,
    Amount,
    Json,
}

use ColumnType::{Amount, Day, Flag, Integer, Json, Moment, Text};

/// Every table that is told and exported, by name.
pub(crate) static TABLES: [Table; 5] = [
    Table {
        name: "cloud_accounts",
        key: "account_id",
        columns: &[("account_id", Text), ("name", Text), ("role_arn", Text), ("external_id", Text), ("regions", Json)],
    },
    Table {
        name: "cost_data",
        key: "account_id, day, service",
        columns: &[
            ("account_id", Text),
            ("day", Day),
            ("service", Text),
            ("currency", Text),
            ("unblended", Amount),
            ("amortised", Amount),
            ("estimated", Flag),
        ],
    },
    Table {
        name: "resource_versions",
        key: "account_id, kind, region, resource_id, valid_from",
        columns: &[
            ("account_id", Text),
            ("kind", Text),
            ("region", Text),
            ("resource_id", Text),
            ("valid_from", Moment),
            ("valid_to", Moment),
            ("attributes", Json),
        ],
    },
    Table {
        name: "resources",
        key: "account_id, kind, region, resource_id",
        columns: &[
            ("account_id", Text),
            ("kind", Text),
            ("region", Text),
            ("resource_id", Text),
            ("since", Moment),
            ("gone_at", Moment),
            ("attributes", Json),
        ],
    },
    Table {
        name: "sync_history",
        key: "as_of, id",
        columns: &[
            ("id", Integer),
            ("account_id", Text),
            ("region", Text),
            ("what", Text),
            ("as_of", Moment),
            ("requested_by", Text),
            ("seen", Integer),
            ("added", Integer),
            ("changed", Integer),
            ("gone", Integer),
            ("superseded", Flag),
            ("code", Text),
            ("error", Text),
        ],
    },
];

impl Table {
    /// All of its rows, by key.
    pub(crate) fn select(&self) -> String {
        let column =
            |(name, of): &(&str, ColumnType)| if *of == Amount { format!("{{{name}}}") } else { (*name).to_owned() };
        let columns: Vec<_> = self.columns.iter().map(column).collect();
        format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), self.name, self.key)
    }

    /// A row as JSON: amounts are text, as JSON's numbers are not exact.
    pub(crate) fn object(&self, row: &mut Reader<'_>) -> Result<Map<String, Value>, HistoryError> {
        self.columns.iter().map(|(name, of)| Ok(((*name).to_owned(), of.json(row)?))).collect()
    }
}

impl ColumnType {
    fn json(self, row: &mut Reader<'_>) -> Result<Value, HistoryError> {
        let value = match self {
            Text => row.take::<Option<String>>()?.into(),
            Integer => row.take::<Option<i64>>()?.into(),
            Flag => row.take::<Option<bool>>()?.into(),
            Moment => row.take::<Option<Timestamp>>()?.map(|moment| moment.to_string()).into(),
            Day => row.take::<Option<Date>>()?.map(|day| day.to_string()).into(),
            Amount => row.take::<Option<BigDecimal>>()?.map(|amount| amount.to_plain_string()).into(),
            Json => row.take::<Option<Value>>()?.into(),
        };
        Ok(value)
    }
}
