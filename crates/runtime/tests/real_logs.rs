//! Real logs and answers, beside figures that were worked out without this code.

use std::fs::{self, File};
use std::path::Path;

use larder_runtime::cloudtrail::{items, read_item};
use larder_runtime::{Asked, Collected, Coverage, Described, Evidence, Month, Second, Seen, read_described, timeline};
use serde_json::Value;

fn expected(data: &Path) -> Value {
    let text = fs::read_to_string(data.join("expected.json")).expect("expected.json");
    serde_json::from_str(&text).expect("JSON")
}

/// A file, or all files of a folder.
fn collected(path: &Path) -> Collected {
    let files: Vec<_> = match fs::read_dir(path) {
        Ok(folder) => folder.map(|entry| entry.expect("an entry").path()).collect(),
        Err(_) => vec![path.to_owned()],
    };
    let mut collected = Collected::default();
    for file in files {
        let mut of_file = Collected::default();
        let mut items = items(File::open(&file).expect("a file")).expect("a log");
        while let Some(item) = items.next_item().expect("a log") {
            of_file.add(read_item(item).expect("an event"));
        }
        collected.merge(of_file);
    }
    collected
}

#[test]
fn real_logs_give_the_seconds_that_were_worked_out_without_this() {
    let Some(data) = larder_tests::real_data() else { return };
    for row in expected(&data)["running"].as_array().expect("rows") {
        let input = row["inputs"][0].as_str().expect("a path").strip_prefix("open/").expect("in data");
        let collected = collected(&data.join(input));
        let count = |name: &str| row["counts"][name].as_u64().expect("a count");
        assert_eq!((collected.events, collected.refused() as u64), (count("read"), count("failed")), "{input}");
        let time = |name: &str| row[name].as_str().map(|text| text.parse::<Second>().expect("ISO 8601"));
        if row["as_of"].is_null() {
            assert_eq!(collected.telling() as u64, count("lifecycle"), "{input}: those of a window alone otherwise");
        }
        let asked = Asked { since: time("since"), as_of: time("as_of"), month: None };
        let answers = collected.answers(&asked).into_iter().map(|answer| {
            assert_eq!(answer.lower_minutes, answer.upper_minutes);
            (answer.server.instance_id, answer.month.to_string(), answer.minutes.expect("minutes"))
        });
        let expected = row["rows"].as_array().expect("rows").iter().map(|row| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            let minutes = (row["minutes"].as_f64().expect("minutes") * 100.0).round() / 100.0;
            (text("instance"), text("month"), minutes)
        });
        assert_eq!(answers.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{input}");
    }
}

/// By itself an instance's description tells of its last run.
#[test]
fn real_descriptions_give_the_last_runs_that_were_worked_out_without_this() {
    let Some(data) = larder_tests::real_data() else { return };
    let expected = expected(&data);
    let mut runs = std::collections::BTreeMap::new();
    let mut described = 0;
    for instance in descriptions(&data) {
        described += 1;
        let (Some(launched), Some(ended)) = (instance.1.launched, instance.1.ended) else { continue };
        if ended.since(launched) > 366 * 86_400 {
            continue;
        }
        let evidence = [Evidence::Seen(Seen { time: ended.plus(86_400), instance: Some(instance.1) })];
        let timeline = timeline(&evidence, &Coverage::default());
        let mut month = Month::of(launched);
        while month.span().from < ended {
            runs.insert((instance.0.clone(), month.to_string(), launched), timeline.totals(&month.span()).lower);
            month = month.after();
        }
    }
    // One of them was recorded without its state.
    assert_eq!(described + 1, expected["describe"]["described"].as_u64().expect("a count"));
    let runs: Vec<_> = runs.into_iter().map(|((id, month, _), seconds)| (id, month, seconds)).collect();
    let mut rows: Vec<_> = expected["describe"]["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            (text("instance"), text("month"), row["seconds"].as_i64().expect("seconds"))
        })
        .collect();
    rows.sort();
    assert_eq!(runs, rows);
}

/// Every instance of every recorded answer of DescribeInstances.
fn descriptions(data: &Path) -> Vec<(String, Described)> {
    let folder = fs::read_dir(data.join("aws-responses/custodian")).expect("recordings");
    let mut described = Vec::new();
    for file in folder.map(|entry| entry.expect("an entry").path()) {
        let mut items = items(File::open(&file).expect("a file")).expect("a recording");
        while let Some(item) = items.next_item().expect("a recording") {
            let line: Value = serde_json::from_slice(item).expect("JSON");
            if line["operation"] != "ec2.DescribeInstances" {
                continue;
            }
            let answer = serde_json::to_vec(&line["data"]).expect("JSON");
            let instances = read_described(&answer).expect("an answer").into_iter();
            described.extend(instances.map(|(server, described)| (server.instance_id, described)));
        }
    }
    described
}
