use std::io::{self, Write};
use std::sync::OnceLock;

use anyhow::bail;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};
use console::Term;
use serde::Serialize;

use crate::exit::Exit;

/// The first failure to write a line of the answer.
static UNWRITTEN: OnceLock<io::Error> = OnceLock::new();

/// Prints a line of the answer. That it could not be is told at the end, by [`whole`].
pub(crate) fn say(line: &str) {
    if let Err(error) = write_out(&format!("{line}\n")) {
        let _ = UNWRITTEN.set(error);
    }
}

/// How a program ends that would have ended so: not well if its answer was not written. A reader that went away
/// (`| head`) is no failure.
///
/// # Errors
/// That of the first line that could not be written.
pub(crate) fn whole(exit: Exit) -> anyhow::Result<Exit> {
    match UNWRITTEN.get() {
        Some(error) if exit == Exit::Done => unwritten(error).map(|()| exit),
        _ => Ok(exit),
    }
}

/// What a failed write to stdout means.
///
/// # Errors
/// That the answer is not whole, unless its reader went away.
pub(crate) fn unwritten(error: &io::Error) -> anyhow::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    bail!("the answer could not be written to stdout: {error}")
}

/// Writes to stdout, for who has to know at once that it failed.
///
/// # Errors
/// The system's.
pub(crate) fn write_out(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Prints a line beside the answer.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints an answer for programs.
pub(crate) fn say_json(answer: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(answer)?);
    Ok(())
}

/// The columns of the terminal that stdout is; where it is none, lines are as long as they are.
pub(crate) fn width() -> Option<u16> {
    Term::stdout().size_checked().map(|(_, columns)| columns)
}

/// An empty table with those columns, no wider than the terminal.
pub(crate) fn table(columns: &[&str]) -> Table {
    table_within(width(), columns)
}

/// An empty table with those columns whose lines fit into `width`, if there is one, by breaking cells.
pub(crate) fn table_within(width: Option<u16>, columns: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_header(columns.to_vec());
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

/// The same, with names in its first column that are not broken.
pub(crate) fn table_of_names(columns: &[&str]) -> Table {
    let mut table = table(columns);
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

/// So many of those.
pub(crate) fn count(number: usize, singular: &str) -> String {
    format!("{number} {singular}{}", if number == 1 { "" } else { "s" })
}

/// So many bytes, as people say it.
pub(crate) fn bytes(count: u64) -> String {
    let mut unit = 1_u64;
    for name in ["B", "KiB", "MiB"] {
        if count < unit * 1024 {
            return tenths(count, unit, name);
        }
        unit *= 1024;
    }
    tenths(count, unit, "GiB")
}

fn tenths(count: u64, unit: u64, name: &str) -> String {
    if unit == 1 {
        return format!("{count} {name}");
    }
    format!("{}.{} {name}", count / unit, count % unit * 10 / unit)
}

/// So many seconds, as people say it.
pub(crate) fn seconds(count: u64) -> String {
    match count {
        0..120 => format!("{count} s"),
        120..7_200 => format!("{} min", count / 60),
        7_200..172_800 => format!("{} h", count / 3_600),
        _ => format!("{} days", count / 86_400),
    }
}

/// So many microseconds, as people say it.
pub(crate) fn micros(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} µs"),
        1_000..1_000_000 => format!("{}.{} ms", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{} s", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reader_that_went_away_is_no_failure() {
        assert!(unwritten(&io::ErrorKind::BrokenPipe.into()).is_ok());
        let full = unwritten(&io::ErrorKind::StorageFull.into()).expect_err("a failure").to_string();
        assert!(full.contains("could not be written to stdout"), "{full}");
    }

    #[test]
    fn a_table_fits_where_there_is_a_width_and_is_whole_where_there_is_none() {
        let longest = |width| {
            let mut table = table_within(width, &["NAME", "WHAT"]);
            table.add_row(["a name of several words", "and a text that is longer than the terminal is wide"]);
            table.to_string().lines().map(console::measure_text_width).max()
        };
        assert_eq!((longest(Some(40)), longest(None)), (Some(40), Some(81)));
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!([count(0, "account"), count(1, "account")], ["0 accounts", "1 account"]);
    }

    #[test]
    fn sizes_and_times_read_as_people_say_them() {
        assert_eq!([bytes(0), bytes(1_023), bytes(1_536), bytes(5 << 30)], ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]);
        assert_eq!([micros(85), micros(1_250), micros(2_900_000)], ["85 µs", "1.2 ms", "2.9 s"]);
        assert_eq!([seconds(5), seconds(300), seconds(7_300), seconds(200_000)], ["5 s", "5 min", "2 h", "2 days"]);
    }
}
