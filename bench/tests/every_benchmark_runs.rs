//! Every benchmark runs. What it measures in a debug build beside other tests says nothing, and is not looked at.

use std::process::Command;

#[test]
fn every_measurement_has_a_row_with_a_ratio() {
    let output = Command::new(env!("CARGO_BIN_EXE_larder-bench")).arg("--quick").output().expect("it starts");
    let (table, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{table}\n{log}");
    let announced: Vec<_> = log.lines().filter_map(|line| line.strip_prefix("measuring ")).collect();
    assert!(announced.len() >= 9, "{log}");
    for name in announced {
        let row = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}:\n{table}"));
        let ratio = row.split_whitespace().rev().nth(1).and_then(|cell| cell.parse::<f64>().ok());
        assert!(ratio.is_some_and(|ratio| ratio.is_finite() && ratio > 0.0), "no ratio: {row}");
    }
}
