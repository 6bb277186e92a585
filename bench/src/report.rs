//! The table, for people.

use std::io::{self, Write};

use crate::arguments::Effort;
use crate::machine::Machine;
use crate::measurements::Measurement;
use crate::row::Row;

const HEAD: [&str; 8] = ["what", "Larder", "beside it", "which is", "ratio", "to reach", "met", "counted at Larder"];
/// Columns of numbers.
const RIGHT: [&str; 3] = ["Larder", "beside it", "ratio"];

/// What was measured so far.
pub(crate) struct Report {
    machine: Machine,
    effort: Effort,
    rows: Vec<[String; HEAD.len()]>,
    how: Vec<String>,
}

impl Report {
    pub(crate) fn new(machine: Machine, effort: Effort) -> Self {
        Self { machine, effort, rows: Vec::new(), how: Vec::new() }
    }

    /// Says on stderr what comes next: a run takes minutes.
    pub(crate) fn announce(&self, name: &str) -> io::Result<()> {
        writeln!(io::stderr(), "measuring {name}")
    }

    pub(crate) fn add(&mut self, measurement: &Measurement, rows: Vec<Row>) {
        self.rows.extend(rows.into_iter().map(|row| cells(measurement.name, row)));
        self.how.push(format!("- **{}.** {}", measurement.name, measurement.how));
    }

    /// Prints the machine and the table.
    pub(crate) fn print(&self) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}\n\n{}", self.conditions(), self.table())
    }

    /// Writes them into `bench/RESULTS.md`, with how it was measured.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn write(&self) -> io::Result<()> {
        let how = self.how.join("\n");
        let text = format!(
            "# Results\n\nWritten by `make bench`. [How it measures](README.md); a ratio is Larder's figure divided by the \
             one beside it.\n\n{}\n\n{}\n## How each was measured\n\n{how}\n",
            self.conditions(),
            self.table()
        );
        let path = larder_tests::project().join("bench/RESULTS.md");
        std::fs::write(&path, text)?;
        writeln!(io::stderr(), "wrote {}", path.display())
    }

    fn conditions(&self) -> String {
        let rounds = format!(
            "{} alternating rounds; times are medians of the rounds' medians, their ratio is the median of the rounds' ratios",
            self.effort.rounds
        );
        let lines: Vec<_> = self.machine.lines().into_iter().chain([rounds]).map(|line| format!("- {line}")).collect();
        lines.join("\n")
    }

    /// Markdown, its columns aligned.
    fn table(&self) -> String {
        let lines = || std::iter::once(HEAD.map(str::to_owned)).chain(self.rows.iter().cloned());
        let widths: [usize; HEAD.len()] =
            std::array::from_fn(|column| lines().map(|row| row[column].chars().count()).max().unwrap_or(0));
        let mut text = String::new();
        for (number, row) in lines().enumerate() {
            let cells: Vec<_> = (0..row.len()).map(|column| padded(column, &row[column], widths[column])).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if number == 0 {
                text.push_str(&format!("|{}|\n", widths.iter().zip(HEAD).map(rule).collect::<Vec<_>>().join("|")));
            }
        }
        text
    }
}

fn cells(name: &str, row: Row) -> [String; HEAD.len()] {
    let (wanted, met) = match row.target {
        Some(target) => (target.wanted, if target.met { "yes" } else { "**no**" }),
        None => (String::new(), ""),
    };
    [
        if row.what.is_empty() { name.to_owned() } else { format!("{name}, {}", row.what) },
        row.larder.to_string(),
        row.beside.to_string(),
        row.peer,
        ratio(row.ratio),
        wanted,
        met.to_owned(),
        row.counted,
    ]
}

/// Two decimals, or for a small one what it is a fraction of.
fn ratio(ratio: f64) -> String {
    if ratio < 0.05 { format!("1/{:.0}", ratio.recip()) } else { format!("{ratio:.2}") }
}

/// Words to the left, numbers to the right.
fn padded(column: usize, cell: &str, width: usize) -> String {
    if RIGHT.contains(&HEAD[column]) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
}

fn rule((width, head): (&usize, &str)) -> String {
    format!("{}{}", "-".repeat(width + 1), if RIGHT.contains(&head) { ":" } else { "-" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_ratio_is_a_fraction() {
        assert_eq!([ratio(1.254), ratio(0.05), ratio(0.000_037_2)], ["1.25", "0.05", "1/26882"]);
    }
}
