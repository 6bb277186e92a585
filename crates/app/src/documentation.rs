//! The README's generated tables, and the test that holds them to the code.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use larder_sources::{DATA_TYPES, ScopeRule};

use crate::configuration::{Documented, documented};
use crate::metrics::{DimensionSet, METRICS};

/// The README's table of data types, from the rows.
fn data_types_table() -> String {
    let mut table = "| data type | what | TTL | scope | HTTP | IAM actions |\n|---|---|---|---|---|---|\n".to_owned();
    for row in DATA_TYPES {
        let scope = match row.scope {
            ScopeRule::RegionAndAccount => "region, account",
            ScopeRule::Region => "region",
            ScopeRule::Account => "account",
        };
        let actions: Vec<_> = row.iam_actions.iter().map(|action| format!("`{action}`")).collect();
        let (ttl, actions) = (duration(row.ttl.fresh), actions.join(", "));
        let line = format!("| `{}` | {} | {ttl} | {scope} | `GET {}` | {actions} |", row.name, row.summary, row.path);
        let _ = writeln!(table, "{line}");
    }
    table
}

/// The README's table of settings.
fn configuration_table() -> String {
    let mut table = "| `larder.toml` | environment | default | what |\n|---|---|---|---|\n".to_owned();
    for Documented { key, variable, default, help } in documented() {
        let _ = writeln!(table, "| `{key}` | `{variable}` | {default} | {help} |");
    }
    table
}

/// The README's table of metrics.
fn metrics_table() -> String {
    let mut table = "| metric | unit | by | what |\n|---|---|---|---|\n".to_owned();
    for row in METRICS {
        let by = row.by.iter().map(|set| match set {
            DimensionSet::Total => "total",
            DimensionSet::DataType => "`DataType`",
            DimensionSet::DataTypeAndLayer => "`DataType` and `Layer`",
        });
        let by = by.collect::<Vec<_>>().join(", ");
        let _ = writeln!(table, "| `{}` | {} | {by} | {} |", row.name, row.unit, row.help);
    }
    table
}

fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 7_200 && seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        seconds if seconds >= 60 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// With LARDER_UPDATE_README set, writes what is generated into the README instead of comparing.
fn check(section: &str, generated: &str) {
    let path = Path::new("../../README.md");
    let readme = std::fs::read_to_string(path).expect("the README can be read");
    let (begin, end) = (format!("<!-- {section} -->\n"), format!("<!-- /{section} -->"));
    let (before, rest) = readme.split_once(&begin).expect("the section begins");
    let (written, after) = rest.split_once(&end).expect("the section ends");
    if std::env::var_os("LARDER_UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{begin}{generated}{end}{after}")).expect("the README can be written");
    } else {
        assert_eq!(written, generated, "the README is old: run this test with LARDER_UPDATE_README=1");
    }
}

/// All in one test, since each may write the file.
#[test]
fn the_readme_has_the_tables_that_are_generated() {
    check("data types", &data_types_table());
    check("configuration", &configuration_table());
    check("metrics", &metrics_table());
}

#[test]
fn durations_read_as_people_say_them() {
    let say = |seconds| duration(Duration::from_secs(seconds));
    assert_eq!([say(45), say(90), say(300), say(3_600), say(86_400)], ["45 s", "90 s", "5 min", "60 min", "24 h"]);
}
