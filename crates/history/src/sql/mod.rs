//! Statements that both databases understand, and what they take and give.

mod row;
mod statement;
mod value;

pub(crate) use row::{Reader, Row};
pub(crate) use statement::{Dialect, Statement};
pub(crate) use value::{Value, postgres_arguments, sqlite_arguments};
