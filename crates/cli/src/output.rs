use std::io::{self, Write};

use comfy_table::Table;
use serde::Serialize;

/// Prints a line of the answer. A reader that went away (`| head`) is no failure.
pub(crate) fn say(line: &str) {
    let _ = write_out(&format!("{line}\n"));
}

/// Writes to stdout, for who has to know that its reader went away.
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

/// An empty table with those columns.
pub(crate) fn table(columns: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_header(columns.to_vec());
    table
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
    fn sizes_and_times_read_as_people_say_them() {
        assert_eq!([bytes(0), bytes(1_023), bytes(1_536), bytes(5 << 30)], ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]);
        assert_eq!([micros(85), micros(1_250), micros(2_900_000)], ["85 µs", "1.2 ms", "2.9 s"]);
        assert_eq!([seconds(5), seconds(300), seconds(7_300), seconds(200_000)], ["5 s", "5 min", "2 h", "2 days"]);
    }
}
