//! Every benchmark runs. How long anything takes in a debug build beside other tests says nothing, and is not looked at.

use std::process::Command;

/// Targets that are counted, and so are reached by any build on any machine, begin with these.
const COUNTED: [&str; 2] = ["exactly", "equal"];

#[test]
fn every_measurement_has_rows_with_ratios_and_what_is_counted_is_reached() {
    let output = Command::new(env!("CARGO_BIN_EXE_larder-bench")).arg("--quick").output().expect("it starts");
    let (table, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{table}\n{log}");
    let mut announced = log.split("measuring ").skip(1).peekable();
    assert!(announced.peek().is_some(), "{log}");
    let mut counted = 0;
    for said in announced {
        let (name, more) = said.split_once('\n').unwrap_or((said, ""));
        let rows: Vec<_> = table.lines().filter_map(|line| row(line, name)).collect();
        assert!(!rows.is_empty() || more.contains("skipped: "), "no {name}:\n{table}\n{log}");
        for [what, _, _, _, ratio, target, met, _] in rows {
            let ratio: f64 = ratio
                .trim_start_matches("1/")
                .parse()
                .unwrap_or_else(|error| panic!("{what}: {ratio:?} is no ratio: {error}"));
            assert!(ratio.is_finite() && ratio > 0.0, "{what}: {ratio}");
            if COUNTED.iter().any(|word| target.starts_with(word)) {
                assert_eq!(met, "yes", "{what}: {target}\n{table}");
                counted += 1;
            }
        }
    }
    assert!(counted > 0, "nothing is counted:\n{table}");
}

/// The cells of a row of the measurement with this name.
fn row<'a>(line: &'a str, name: &str) -> Option<[&'a str; 8]> {
    let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::trim).collect();
    let cells: [&str; 8] = cells.try_into().ok()?;
    (cells[0] == name || cells[0].starts_with(&format!("{name}, "))).then_some(cells)
}
