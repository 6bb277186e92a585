use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use serde_json::value::RawValue;
use sqlx::Arguments;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::types::Json;

use crate::HistoryError;
use crate::amount::Parts;

/// A value that a statement takes.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    /// Any of these texts: `IN (…)`.
    Texts(Vec<String>),
    Integer(i64),
    Flag(Option<bool>),
    Moment(Option<Timestamp>),
    Day(Date),
    Amount(BigDecimal),
    Json(Box<RawValue>),
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

value_from! {
    &str => |text| Self::Text(Some(text.to_owned()));
    String => |text| Self::Text(Some(text));
    Option<String> => |text| Self::Text(text);
    Vec<String> => |texts| Self::Texts(texts);
    i64 => |number| Self::Integer(number);
    bool => |flag| Self::Flag(Some(flag));
    Option<bool> => |flag| Self::Flag(flag);
    Timestamp => |moment| Self::Moment(Some(moment));
    Date => |day| Self::Day(day);
    BigDecimal => |amount| Self::Amount(amount);
    Box<RawValue> => |json| Self::Json(json);
}

/// The values as SQLite takes them: moments as microseconds, days as text, an amount as its three parts.
pub(crate) fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments, HistoryError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Texts(texts) => arguments.add(serde_json::json!(texts).to_string()),
            Value::Integer(number) => arguments.add(number),
            Value::Flag(flag) => arguments.add(flag),
            Value::Moment(moment) => arguments.add(moment.map(Timestamp::as_microsecond)),
            Value::Day(day) => arguments.add(day.to_string()),
            Value::Json(json) => arguments.add(json.get().to_owned()),
            Value::Amount(amount) => add_parts(&mut arguments, Parts::of(&amount)?),
        };
        added.map_err(unencodable)?;
    }
    Ok(arguments)
}

fn add_parts(arguments: &mut SqliteArguments, parts: Parts) -> Result<(), BoxDynError> {
    [parts.units, parts.nano, parts.atto].into_iter().try_for_each(|part| arguments.add(part))
}

/// The values as PostgreSQL takes them, in its own types.
pub(crate) fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments, HistoryError> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Texts(texts) => arguments.add(texts),
            Value::Integer(number) => arguments.add(number),
            Value::Flag(flag) => arguments.add(flag),
            Value::Moment(moment) => arguments.add(moment.map(ToSqlx::to_sqlx)),
            Value::Day(day) => arguments.add(day.to_sqlx()),
            Value::Json(json) => arguments.add(Json(json)),
            // Refused where SQLite would refuse it too.
            Value::Amount(amount) => arguments.add(Parts::of(&amount)?.amount()),
        };
        added.map_err(unencodable)?;
    }
    Ok(arguments)
}

fn unencodable(error: BoxDynError) -> HistoryError {
    HistoryError::Database(sqlx::Error::Encode(error))
}
