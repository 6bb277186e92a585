use std::borrow::Cow;

use super::Value;

/// So many values can one statement take: SQLite's limit is 32,766.
const MOST_VALUES: usize = 30_000;

/// Which database a statement is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A statement with its values: `$1` and so on in the text. What the two databases write differently stands in braces:
///
/// | in the text | means |
/// |---|---|
/// | `{unblended}`, `{amortised}` | the amount's column, which is three on SQLite |
/// | `{sum unblended}`, `{sum amortised}` | the exact sum |
/// | `{replace unblended}`, `{replace amortised}` | in an upsert: the amount becomes the one told |
/// | `{same unblended}` | in a join of `d` and `m`: both have the same |
/// | `{month_of day}` | the first day of the day's month |
/// | `{any 1}` | any of the texts that are `$1` |
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// Whether the same text comes again: then it is prepared once for each connection.
    pub(crate) recurs: bool,
    dialect: Dialect,
}

impl Statement {
    pub(crate) fn new(dialect: Dialect, text: &str) -> Self {
        Self { text: dialect.expand(text), values: Vec::new(), recurs: true, dialect }
    }

    /// With the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// With a condition in place of `{accounts}`: that `account_id` is among these, or none where there are none.
    pub(crate) fn among(mut self, accounts: &[String]) -> Self {
        if accounts.is_empty() {
            self.text = self.text.replace("{accounts}", "TRUE");
            return self;
        }
        let any = self.dialect.expand(&format!("account_id {{any {}}}", self.values.len() + 1));
        self.text = self.text.replace("{accounts}", &any);
        self.bind(accounts.to_vec())
    }

    /// `head`, rows of values, `tail`: as many statements as the rows need.
    pub(crate) fn insert(dialect: Dialect, head: &str, rows: Vec<Vec<Value>>, tail: &str) -> Vec<Self> {
        let width = rows.first().map_or(1, |row| dialect.width(row));
        let batch = (MOST_VALUES / width).max(1);
        let mut rows = rows.into_iter().peekable();
        let mut statements = Vec::new();
        while rows.peek().is_some() {
            let mut statement = Self::new(dialect, head);
            statement.recurs = false;
            let mut placed = 0;
            for (number, row) in rows.by_ref().take(batch).enumerate() {
                statement.text.push_str(if number == 0 { " VALUES (" } else { ", (" });
                let places = (placed + 1..=placed + width).map(|place| dialect.place(place));
                statement.text.push_str(&places.collect::<Vec<_>>().join(", "));
                statement.text.push(')');
                placed += width;
                statement.values.extend(row);
            }
            statement.text.push_str(&dialect.expand(tail));
            statements.push(statement);
        }
        statements
    }
}

impl Dialect {
    /// How many values the database counts in a row.
    fn width(self, row: &[Value]) -> usize {
        let parts = |value: &Value| if self == Self::Sqlite && matches!(value, Value::Amount(_)) { 3 } else { 1 };
        row.iter().map(parts).sum()
    }

    /// Where a value goes whose place is its order. SQLite would look up each name among all that came before.
    fn place(self, number: usize) -> Cow<'static, str> {
        match self {
            Self::Sqlite => "?".into(),
            Self::Postgres => format!("${number}").into(),
        }
    }

    /// The text with this database's own in place of what stands in braces. `{accounts}` stays for later.
    fn expand(self, text: &str) -> String {
        let mut expanded = String::with_capacity(text.len() + 64);
        let mut rest = text;
        while let Some((before, (inside, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            expanded.push_str(before);
            expanded.push_str(&self.spelled(inside));
            rest = after;
        }
        expanded + rest
    }

    fn spelled(self, inside: &str) -> String {
        let (word, of) = inside.split_once(' ').unwrap_or((inside, ""));
        match word {
            "accounts" => "{accounts}".to_owned(),
            "any" if self == Self::Postgres => format!("= ANY(${of})"),
            "any" => format!("IN (SELECT value FROM json_each(${of}))"),
            "month_of" if self == Self::Postgres => format!("date_trunc('month', {of}::timestamp)::date"),
            "month_of" => format!("substr({of}, 1, 8) || '01'"),
            "sum" => self.columns(of, ", ", |column| format!("sum({column}) AS {column}")),
            "replace" => self.columns(of, ", ", |column| format!("{column} = excluded.{column}")),
            "same" => self.columns(of, " AND ", |column| format!("d.{column} = m.{column}")),
            amount => self.columns(amount, ", ", str::to_owned),
        }
    }

    fn columns(self, amount: &str, between: &str, each: impl Fn(&str) -> String) -> String {
        match self {
            Self::Postgres => each(amount),
            Self::Sqlite => ["units", "nano", "atto"].map(|part| each(&format!("{amount}_{part}"))).join(between),
        }
    }
}
