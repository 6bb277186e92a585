use std::time::Duration;

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp};
use larder_history::{History, Kind, PostgresHistory, PostgresSettings, Resource, ResourceSync, SqliteHistory};
use larder_tests::Postgres;
use serde_json::{Value, json};

use super::replaced::Replaced;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::row::{Row, Target};
use crate::stopwatch::Stopwatch;

const INSTANCES: usize = 10_000;
/// One in so many changes between two syncs.
const ONE_IN: usize = 100;
/// Of one that changed: how it is now, how it was until now, and both as versions. Of the sync: that it was, and when last.
const MOST_WRITTEN: fn(usize) -> i64 = |changed| 3 * changed as i64 + 2;
/// When the first sync was.
const BEGIN: Timestamp = Timestamp::constant(1_780_000_000, 0);

/// Instances, of which some change between two syncs.
struct Fleet {
    instances: Vec<Resource>,
    changes: usize,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("history.sqlite");
    let sqlite = SqliteHistory::open(&path).await?;
    let in_sqlite = compare(effort, "SQLite", &sqlite, Replaced::in_sqlite(&path).await?).await?;

    let postgres = Postgres::start().await?;
    let url = postgres.create_database("instances")?;
    let history = PostgresHistory::new(&PostgresSettings::new(url.as_str().into()))?;
    let in_postgres = compare(effort, "PostgreSQL", &history, Replaced::in_postgres(&url).await?).await?;
    Ok(vec![in_sqlite, in_postgres])
}

async fn compare(effort: Effort, database: &str, history: &dyn History, mut replaced: Replaced) -> anyhow::Result<Row> {
    let instances = effort.samples(INSTANCES);
    let (mut fleet, mut same) = (Fleet::new(instances), Fleet::new(instances));
    let changed = instances.div_ceil(ONE_IN);
    fleet.sync(history).await?;
    fleet.change();
    replaced.begin_counting().await?;
    fleet.sync(history).await?;
    let written = replaced.written().await?;

    let comparison = contest(
        effort,
        effort.samples(3),
        async || {
            fleet.change();
            let (kept, took) = fleet.sync(history).await?;
            ensure!(kept == changed as u64, "{kept} of {changed} that changed were kept");
            Ok(took)
        },
        async || {
            same.change();
            let watch = Stopwatch::start();
            replaced.replace(&same.instances).await?;
            Ok(watch.elapsed())
        },
    );
    let comparison = comparison.await?;
    ensure!(replaced.count().await? == instances as i64, "what was inserted is not there");
    let row = Row::of(database, comparison, "deleting and inserting all, and no versions");
    let wanted = "≤ 0.2 ×, 3 rows for each change".to_owned();
    let met = row.ratio <= 0.2 && written <= MOST_WRITTEN(changed);
    let counted = format!("{written} rows written for {changed} changes among {instances}");
    Ok(row.reaching(Target { wanted, met }).counted(counted))
}

impl Fleet {
    fn new(instances: usize) -> Self {
        Self { instances: (0..instances).map(instance).collect(), changes: 0 }
    }

    /// One in a hundred starts or stops: others each time.
    fn change(&mut self) {
        self.changes += 1;
        for Resource { attributes, .. } in self.instances.iter_mut().skip(self.changes % ONE_IN).step_by(ONE_IN) {
            let state = if attributes["state"] == "running" { "stopped" } else { "running" };
            attributes.insert("state".to_owned(), state.into());
        }
    }

    /// How many were kept as changed, and how long it took.
    async fn sync(&self, history: &dyn History) -> anyhow::Result<(u64, Duration)> {
        let sync = ResourceSync {
            account: "111122223333",
            region: "us-east-1",
            kind: Kind::Instance,
            as_of: BEGIN + SignedDuration::from_mins(5 * i64::try_from(self.changes)?),
            by: "bench",
            resources: &self.instances,
        };
        let watch = Stopwatch::start();
        let outcome = history.store_resources(&sync).await?;
        Ok((outcome.changed, watch.elapsed()))
    }
}

/// One with all that the data type tells of an instance.
fn instance(number: usize) -> Resource {
    let id = format!("i-{number:017x}");
    let told = json!({
        "instanceId": id, "name": format!("app-{number}"), "state": "running", "stateReason": null,
        "stateTransitionReason": "", "stoppedAt": null, "instanceType": "m7i.large", "imageId": "ami-0abcdef1234567890",
        "architecture": "x86_64", "platformDetails": "Linux/UNIX", "lifecycle": null,
        "launchTime": "2026-05-01T06:00:00Z", "availabilityZone": "us-east-1a", "vpcId": "vpc-0a1b2c3d4e5f60718",
        "subnetId": "subnet-0a1b2c3d4e5f60718", "privateIpAddress": format!("10.0.{}.{}", number / 256, number % 256),
        "publicIpAddress": null, "ipv6Addresses": [],
        "securityGroups": [{"groupId": "sg-0a1b2c3d4e5f60718", "groupName": "app"}],
        "blockDevices": [{"deviceName": "/dev/xvda", "volumeId": format!("vol-{number:017x}")}],
        "iamInstanceProfileArn": "arn:aws:iam::111122223333:instance-profile/app", "keyName": null,
        "ownerId": "111122223333", "reservationId": format!("r-{number:017x}"),
        "tags": {"Name": format!("app-{number}"), "App": "larder", "Stage": "prod", "Team": "platform"},
    });
    let Value::Object(attributes) = told else { unreachable!("it is an object") };
    Resource { id, attributes }
}
