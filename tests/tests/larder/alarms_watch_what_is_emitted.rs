//! cfn/alarms.yaml against the lines that the real functions write, and against what AWS documents of its own metrics.

mod emitted;
mod of_aws;
mod template;
mod watched;
mod yaml;

use std::collections::BTreeSet;

use larder_app::metrics::METRICS;
use larder_tests::project;

use emitted::{Emitted, NAMESPACE, emitted};
use template::Template;
use watched::{Watched, watched_by_alarms, watched_by_the_dashboard};

fn template() -> Template {
    Template::read(
        "cfn/alarms.yaml",
        &[("MetricsNamespace", NAMESPACE), ("ProjectName", "larder"), ("Environment", "test")],
    )
}

/// Why nothing would ever come of watching this, if so.
fn why_not(watched: &Watched, emitted: &BTreeSet<Emitted>) -> Option<String> {
    if watched.namespace != NAMESPACE {
        return of_aws::why_not(watched);
    }
    let row = METRICS.iter().find(|row| row.name == watched.metric);
    let Some(row) = row else { return Some("no function writes it".to_owned()) };
    let names: Vec<_> = watched.dimensions.iter().map(|(name, _)| name.clone()).collect();
    let of_metric: Vec<_> = emitted.iter().filter(|emitted| emitted.metric == watched.metric).collect();
    if !of_metric.iter().any(|emitted| emitted.dimensions == names) {
        return Some(format!("it is written by other dimensions: {of_metric:?}"));
    }
    if let Some(unit) = watched.unit.as_ref().filter(|unit| of_metric.iter().any(|emitted| emitted.unit != **unit)) {
        return Some(format!("it is not written in {unit}: {of_metric:?}"));
    }
    let is_time = of_metric.iter().all(|emitted| emitted.unit == "Milliseconds");
    let is_fit = watched.statistic == row.statistic.to_string()
        || is_time && (watched.statistic == "Average" || watched.statistic.starts_with('p'));
    (!is_fit).then(|| format!("its {} says nothing; the {} does", watched.statistic, row.statistic))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alarm_and_every_graph_is_of_a_metric_that_is_emitted_just_so() {
    let emitted = emitted().await;
    let unwritten: Vec<_> =
        METRICS.iter().filter(|row| !emitted.iter().any(|emitted| emitted.metric == row.name)).collect();
    assert!(unwritten.is_empty(), "nothing makes the functions write {unwritten:?}");
    let template = template();
    let (alarms, graphs) = (watched_by_alarms(&template), watched_by_the_dashboard(&template));
    assert!(alarms.len() > 20 && graphs.len() > 40, "{} alarms, {} graphs", alarms.len(), graphs.len());
    let wrong: Vec<_> = alarms
        .iter()
        .chain(&graphs)
        .filter_map(|watched| Some(format!("{watched:?}: {}", why_not(watched, &emitted)?)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let drawn: BTreeSet<_> = graphs.iter().map(|watched| &*watched.metric).collect();
    let unseen: Vec<_> = METRICS.iter().map(|row| row.name).filter(|name| !drawn.contains(name)).collect();
    assert_eq!(unseen, [] as [&str; 0], "no graph shows them");
}

#[test]
fn what_is_planted_wrong_is_found() {
    let row = |dimensions: &[&str]| Emitted {
        metric: "CacheHit".to_owned(),
        unit: "None".to_owned(),
        dimensions: dimensions.iter().map(|&name| name.to_owned()).collect(),
    };
    let emitted = BTreeSet::from([row(&[]), row(&["DataType"])]);
    let right = watched_by_alarms(&template()).into_iter().find(|watched| watched.metric == "CacheHit");
    let right = right.expect("an alarm watches it");
    assert_eq!(why_not(&right, &emitted), None);
    let function = ("FunctionName".to_owned(), "query-handler".to_owned());
    for wrong in [
        Watched { dimensions: vec![function], ..right.clone() },
        Watched { metric: "CacheHits".to_owned(), ..right.clone() },
        Watched { statistic: "Sum".to_owned(), ..right.clone() },
        Watched { unit: Some("Count".to_owned()), ..right.clone() },
        Watched { namespace: "AWS/Lambda".to_owned(), ..right.clone() },
    ] {
        assert!(why_not(&wrong, &emitted).is_some(), "{wrong:?}");
    }
}

#[test]
fn the_hit_rate_alarm_is_that_of_two_times_five_minutes_under_seventy_percent() {
    let template = template();
    let alarm = template.properties("HitRate");
    let said = ["Threshold", "ComparisonOperator", "Period", "EvaluationPeriods", "TreatMissingData"];
    let said = said.map(|name| alarm[name].to_string());
    assert_eq!(said, ["0.7", "\"LessThanThreshold\"", "300", "2", "\"notBreaching\""]);
}

#[test]
fn the_readme_says_of_every_alarm_what_to_do() {
    let readme = std::fs::read_to_string(project().join("README.md")).expect("it is there");
    let rows: Vec<_> =
        readme.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once("` | ")?.0)).collect();
    for watched in watched_by_alarms(&template()) {
        let name = watched.who.trim_start_matches("larder-").trim_end_matches("-test");
        let is_about = |row: &&str| *row == name || row.strip_prefix('…').is_some_and(|rest| name.ends_with(rest));
        assert!(rows.iter().any(is_about), "the README says nothing of {name}");
    }
}
