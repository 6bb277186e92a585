use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, types};

use crate::HistoryError;
use crate::amount::{Parts, plain};

/// A row that a database answered.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Takes a row's columns in their order.
pub(crate) struct Reader<'r> {
    row: &'r Row,
    next: usize,
}

/// What can be read from a row's next column, or, for an amount on SQLite, from its next three.
pub(crate) trait Column: Sized {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self>;
    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self>;
    /// How many columns it takes on SQLite.
    const PARTS: usize = 1;
}

impl Row {
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { row: self, next: 0 }
    }
}

impl Reader<'_> {
    /// The next column's value.
    ///
    /// # Errors
    /// If the column has something else: then somebody else wrote it.
    pub(crate) fn take<T: Column>(&mut self) -> Result<T, HistoryError> {
        let at = self.next;
        let taken = match self.row {
            Row::Sqlite(row) => {
                self.next += T::PARTS;
                T::sqlite(row, at)
            }
            Row::Postgres(row) => {
                self.next += 1;
                T::postgres(row, at)
            }
        };
        taken.map_err(HistoryError::Database)
    }

    /// The next column's count, which has no sign.
    pub(crate) fn count(&mut self) -> Result<u64, HistoryError> {
        Ok(self.take::<i64>()?.try_into().unwrap_or_default())
    }
}

macro_rules! plain_column {
    ($($of:ty),*) => {
        $(impl Column for $of {
            fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
                row.try_get(at)
            }

            fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
                row.try_get(at)
            }
        })*
    };
}

plain_column!(String, Option<String>, i64, Option<i64>, bool, Option<bool>);

impl Column for Option<Timestamp> {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        let micros: Option<i64> = row.try_get(at)?;
        micros.map(Timestamp::from_microsecond).transpose().map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(at)?.map(jiff_sqlx::Timestamp::to_jiff))
    }
}

impl Column for Timestamp {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        Timestamp::from_microsecond(row.try_get(at)?).map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<jiff_sqlx::Timestamp, _>(at)?.to_jiff())
    }
}

impl Column for Option<Date> {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        let text: Option<&str> = row.try_get(at)?;
        text.map(str::parse).transpose().map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<Option<jiff_sqlx::Date>, _>(at)?.map(jiff_sqlx::Date::to_jiff))
    }
}

impl Column for Date {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        row.try_get::<&str, _>(at)?.parse().map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<jiff_sqlx::Date, _>(at)?.to_jiff())
    }
}

impl Column for Option<Json> {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        let text: Option<&str> = row.try_get(at)?;
        text.map(serde_json::from_str).transpose().map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<Option<types::Json<Json>>, _>(at)?.map(|json| json.0))
    }
}

impl Column for Json {
    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        serde_json::from_str(row.try_get(at)?).map_err(|error| wrong(at, error))
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<types::Json<Self>, _>(at)?.0)
    }
}

impl Column for BigDecimal {
    const PARTS: usize = 3;

    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        let (units, nano, atto) = (row.try_get(at)?, row.try_get(at + 1)?, row.try_get(at + 2)?);
        Ok(Parts { units, nano, atto }.amount())
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(plain(&row.try_get(at)?))
    }
}

impl Column for Option<BigDecimal> {
    const PARTS: usize = 3;

    fn sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        let units: Option<i64> = row.try_get(at)?;
        units.map(|_| BigDecimal::sqlite(row, at)).transpose()
    }

    fn postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        Ok(row.try_get::<Option<BigDecimal>, _>(at)?.as_ref().map(plain))
    }
}

fn wrong(at: usize, error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: at.to_string(), source: error.into() }
}
