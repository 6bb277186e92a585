//! When recorded servers ran last, by what `DescribeInstances` told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use larder_sources::{Accounts, ConfiguredAccounts, FailureKind, Region, Server, servers_by_id, servers_with};
use larder_standin::{Config, Recording, Standin};
use serde_json::Value;

use super::list;
use crate::config;

/// What is longer is no run of which anybody recorded both ends.
const LONGEST_RUN: i64 = 366 * 24 * 60 * 60;

fn instances(recording: &Recording) -> impl Iterator<Item = &Value> {
    list(&recording.data, "Reservations").iter().flat_map(|reservation| list(reservation, "Instances"))
}

fn id(instance: &Value) -> String {
    instance["InstanceId"].as_str().expect("an id").to_owned()
}

/// The servers of the answer that comes next, which is this recording.
async fn asked(accounts: &Accounts, recording: &Recording) -> Vec<Server> {
    let region = Region::parse("us-east-1").expect("a region");
    // Whose the credentials are was recorded too.
    let account = accounts.own_account(Some(region)).await.expect("an account");
    let ids: BTreeSet<_> = instances(recording).map(id).collect();
    if ids.is_empty() {
        let any = "App=any".parse().expect("a tag");
        return servers_with(&any, accounts, &account, region).await.expect("an empty answer");
    }
    match servers_by_id(ids.clone(), accounts, &account, region).await {
        Ok(asked) => {
            let told: BTreeSet<_> = asked.known.iter().map(|server| server.id.clone()).collect();
            assert_eq!(told, ids, "{}", recording.source);
            asked.known
        }
        Err(error) => {
            assert_eq!(error.kind, FailureKind::Malformed, "{}: {error}", recording.source);
            assert!(instances(recording).any(|instance| instance["State"].is_null()), "{error}");
            Vec::new()
        }
    }
}

#[tokio::test]
async fn every_last_run_that_was_recorded_comes_out_to_the_second() {
    let Some(folder) = larder_tests::real_data() else { return };
    let expected = std::fs::read(folder.join("expected.json")).expect("it is there");
    let expected = &serde_json::from_slice::<Value>(&expected).expect("JSON")["describe"];
    let standin = Standin::start(Config { replay: Some(folder), ..Config::default() }).await.expect("it starts");
    let config = config(standin.url(), &standin.fleet().accounts()[0]);
    let registry = ConfiguredAccounts::new(Vec::new()).expect("no account twice");
    let accounts = Accounts::new(config, Arc::new(registry));
    let mut runs = BTreeSet::new();
    for recording in standin.recordings("ec2:DescribeInstances") {
        for server in asked(&accounts, recording).await {
            let recorded = instances(recording).find(|instance| id(instance) == server.id).expect("it was told");
            assert_eq!(server.launched.is_some(), recorded["LaunchTime"].is_string(), "{server:?}");
            assert_eq!(Value::from(server.state), recorded["State"]["Name"], "{}", server.id);
            let reason = recorded["StateTransitionReason"].as_str().unwrap_or_default();
            assert_eq!(server.ended.is_some(), reason.contains(" GMT)"), "{}: {reason}", server.id);
            let run = server.launched.zip(server.ended).map(|(from, to)| (server.id, from, to));
            runs.extend(run.filter(|(_, from, to)| (1..=LONGEST_RUN).contains(&(to - from))));
        }
    }
    assert_eq!(runs.len() as u64, expected["closed_runs_up_to_366_days"]);
    let mut seconds = BTreeMap::<_, i64>::new();
    runs.into_iter().for_each(|(id, from, to)| *seconds.entry(id).or_default() += to - from);
    let mut rows = BTreeMap::<_, i64>::new();
    for row in list(expected, "rows") {
        let instance = row["instance"].as_str().expect("an id").to_owned();
        *rows.entry(instance).or_default() += row["seconds"].as_i64().expect("seconds");
    }
    assert_eq!(seconds, rows);
}
