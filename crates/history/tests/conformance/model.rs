//! Any syncs in any order, against a model that is too simple to be wrong.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use jiff::{Timestamp, ToSpan};
use larder_history::{CostSync, History, Kind, Period, Resource, ResourceSync};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rstest::rstest;
use serde_json::json;

use crate::backends::Database;
use crate::samples::{ACCOUNT, REGION, at, check_sound, cost, day, resource};

/// Ids by number, each with the number of its state; and the days' costs, in millionths.
#[derive(Clone, Debug)]
enum Step {
    Resources { minute: i64, told: BTreeMap<u8, u8> },
    Costs { minute: i64, from: i8, days: i8, told: BTreeMap<(i8, u8), i64> },
}

/// What a sync told at a minute, of those that were not older than one before them.
#[derive(Debug, Default)]
struct Model {
    resources: BTreeMap<i64, BTreeMap<u8, u8>>,
    costs: BTreeMap<(i8, u8), i64>,
    costs_at: Option<i64>,
    records: usize,
}

impl Model {
    fn take(&mut self, step: &Step) {
        self.records += 1;
        match step {
            Step::Resources { minute, told } => {
                if self.resources.last_key_value().is_none_or(|(last, _)| last < minute) {
                    self.resources.insert(*minute, told.clone());
                }
            }
            Step::Costs { minute, from, days, told } => {
                if self.costs_at.is_none_or(|last| last <= *minute) {
                    let asked = *from..from + days;
                    for ((day, _), amount) in &mut self.costs {
                        *amount = if asked.contains(day) { 0 } else { *amount };
                    }
                    self.costs.extend(told.iter().map(|(key, amount)| (*key, *amount)));
                    self.costs_at = Some(*minute);
                }
            }
        }
    }

    /// From and to of every version of an id, with its state: from the states at every minute that was synced.
    fn versions(&self, id: u8) -> Vec<(i64, Option<i64>, u8)> {
        let mut versions: Vec<(i64, Option<i64>, u8)> = Vec::new();
        for (minute, told) in &self.resources {
            let state = told.get(&id);
            let open = versions.last_mut().filter(|(_, to, _)| to.is_none());
            if open.as_ref().map(|(_, _, before)| before) == state {
                continue;
            }
            if let Some((_, to, _)) = open {
                *to = Some(*minute);
            }
            versions.extend(state.map(|state| (*minute, None, *state)));
        }
        versions
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let told = proptest::collection::btree_map(0..5_u8, 0..3_u8, 0..5);
    let resources = (0..60_i64, told).prop_map(|(minute, told)| Step::Resources { minute, told });
    let costs = (0..60_i64, 0..50_i8, 1..40_i8).prop_flat_map(|(minute, from, days)| {
        let told = proptest::collection::btree_map((from..from + days, 0..3_u8), -3_000_000..3_000_000_i64, 0..6);
        told.prop_map(move |told| Step::Costs { minute, from, days, told })
    });
    proptest::collection::vec(prop_oneof![resources, costs], 1..25)
}

fn moment(minute: i64) -> Timestamp {
    // So that they are in two months, and what ends has a partition of its own.
    at("2026-10-31T23:30:00Z").saturating_add(minute.minutes()).expect("in range")
}

fn state(number: u8) -> Resource {
    resource("", json!({"state": format!("state-{number}"), "instanceType": "t"}))
}

async fn take(history: &dyn History, step: &Step) {
    match step {
        Step::Resources { minute, told } => {
            let resources: Vec<_> =
                told.iter().map(|(id, number)| Resource { id: format!("i-{id}"), ..state(*number) }).collect();
            let (kind, as_of) = (Kind::Instance, moment(*minute));
            let sync = ResourceSync { account: ACCOUNT, region: REGION, kind, as_of, by: "m", resources: &resources };
            history.store_resources(&sync).await.expect("it is kept");
        }
        Step::Costs { minute, from, days, told } => {
            let first = |number: i8| day("2026-09-15").saturating_add(i32::from(number).days());
            let row = |((day, service), amount): (&(i8, u8), &i64)| {
                cost(&first(*day).to_string(), &format!("S{service}"), &format!("{amount}e-6"))
            };
            let rows: Vec<_> = told.iter().map(row).collect();
            let (from, to) = (first(*from), first(from + days));
            let sync = CostSync { account: ACCOUNT, from, to, as_of: moment(*minute), by: "m", rows: &rows };
            history.store_costs(&sync).await.expect("it is kept");
        }
    }
}

async fn compare(history: &dyn History, model: &Model, steps: &[Step]) {
    let rows: Vec<_> = history.export("resource_versions").try_collect().await.expect("it is told");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let kept: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                text(&row["resource_id"]),
                text(&row["valid_from"]),
                text(&row["valid_to"]),
                text(&row["attributes"]["state"]),
            )
        })
        .collect();
    let version = |id: u8| {
        let versions = model.versions(id).into_iter();
        versions.map(move |(from, to, state)| {
            let to = to.map_or_else(|| "9999-01-01T00:00:00Z".to_owned(), |to| moment(to).to_string());
            (format!("i-{id}"), moment(from).to_string(), to, format!("state-{state}"))
        })
    };
    assert_eq!(kept, (0..5).flat_map(version).collect::<Vec<_>>(), "{steps:#?}");

    let all = Period { from: day("2026-01-01"), to: day("2027-01-01") };
    let costs = history.costs(ACCOUNT, all).await.expect("answers").map(|costs| costs.rows).unwrap_or_default();
    let kept: Vec<_> = costs.iter().map(|row| (row.day, row.service.clone(), row.unblended.clone())).collect();
    let expected = model.costs.iter().map(|((number, service), amount)| {
        let row = cost("2026-01-01", "", &format!("{amount}e-6"));
        (day("2026-09-15").saturating_add(i32::from(*number).days()), format!("S{service}"), row.unblended)
    });
    assert_eq!(kept, expected.collect::<Vec<_>>(), "{steps:#?}");
    let records = history.export("sync_history").try_fold(0, async |count, _| Ok(count + 1)).await.expect("it is told");
    assert_eq!(records, model.records);
    check_sound(history).await;
}

#[rstest]
#[case(Database::Sqlite, 60)]
#[case(Database::Postgres, 12)]
#[tokio::test]
async fn whatever_is_synced_the_history_is_what_was_told(#[case] database: Database, #[case] cases: u32) {
    let mut runner = TestRunner::default();
    for _ in 0..cases {
        let steps = steps().new_tree(&mut runner).expect("a value").current();
        let backend = database.make().await;
        let mut model = Model::default();
        for step in &steps {
            take(backend.history.as_ref(), step).await;
            model.take(step);
        }
        compare(backend.history.as_ref(), &model, &steps).await;
    }
}
