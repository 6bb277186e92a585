use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use larder_app::configuration::Configuration;
use larder_app::runtime::{CalculationRequest, RuntimeCalculator};
use larder_app::wiring::{OpenedHistory, fixed_aws, sqlite_runtime};
use larder_standin::{Account, Config, Handle, ServerCounts, Standin};
use serde_json::json;

use super::no_waiting::NoWaiting;
use crate::arguments::Effort;
use crate::figure::Figure;
use crate::row::{Row, Target};

/// Servers whose minutes are worked out.
const SERVERS: [usize; 2] = [10, 10_000];
/// Those that the events are of: as many in each case. They have another tag.
const LIVELY: usize = 16;
/// The tag of the others.
const TAG: (&str, &str) = ("Kind", "core");
/// A day and an hour into a month.
const BEGINNING: &str = "2025-11-02T01:00:00Z";
const HOUR: Duration = Duration::from_secs(60 * 60);
/// How many requests AWS grants an account and region in a second.
const GRANTED: f64 = 2.0;
const LOOKUP_EVENTS: &str = "cloudtrail:LookupEvents";

/// What an hour asks of CloudTrail.
struct Hour {
    servers: usize,
    ours: u64,
    theirs: u64,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let mut hours = Vec::new();
    for servers in SERVERS {
        hours.push(measure(effort.samples(servers)).await?);
    }
    let target = Target {
        wanted: format!(
            "equal for {}",
            hours.iter().map(|hour| hour.servers.to_string()).collect::<Vec<_>>().join(" and ")
        ),
        met: hours.iter().all(|hour| hour.ours == hours[0].ours),
    };
    Ok(hours.into_iter().map(|hour| hour.into_row().reaching(target.clone())).collect())
}

/// In one region of one account, after a first run.
async fn measure(servers: usize) -> anyhow::Result<Hour> {
    let counts = ServerCounts { lively: LIVELY, steady: servers };
    let config = Config { now: Some(BEGINNING.parse()?), servers: counts, ..Config::default() };
    let aws = Arc::new(Standin::start(config).await?);
    let (account, region) = (aws.fleet().accounts()[0].clone(), aws.fleet().regions()[0]);
    let sdk = fixed_aws(&aws.url(), region, account.access_key_id(), account.secret_access_key());
    let mut configuration = Configuration::default();
    configuration.runtime.app_tag = Some(format!("{}={}", TAG.0, TAG.1).parse()?);
    let environment = Arc::new(NoWaiting::beside(aws.clone()));
    let history = OpenedHistory::none("nothing is registered there");
    let calculator = RuntimeCalculator::new(sqlite_runtime(&configuration, None, &sdk, environment, &history).await?);
    let asked = json!({"accounts": [account.id().as_str()], "regions": [region]});
    let request = CalculationRequest::parse(&asked, calculator.current_month())?;
    let mut calls = Vec::new();
    for _ in 0..2 {
        let before = aws.call_count(LOOKUP_EVENTS);
        let report = calculator.run(&request, HOUR).await;
        let is_whole = report.processed == servers && report.errors == 0 && report.unfinished.is_empty();
        ensure!(is_whole, "not all of {servers} servers are worked out: {report:?}");
        calls.push(aws.call_count(LOOKUP_EVENTS) - before);
        aws.advance_clock(HOUR);
    }
    let before = aws.call_count(LOOKUP_EVENTS);
    look_up_each(&aws, &account, region, &Client::new(&sdk)).await?;
    Ok(Hour { servers, ours: calls[1], theirs: aws.call_count(LOOKUP_EVENTS) - before })
}

/// The usual way: each server's events of the last hour, by its id.
async fn look_up_each(aws: &Handle, account: &Account, region: &str, client: &Client) -> anyhow::Result<()> {
    let now = aws.now();
    let [from, to] = [now - HOUR, now].map(|end| DateTime::from_secs(end.as_second()));
    let lives = aws.lives().at(account.id(), region, now);
    for life in lives.iter().filter(|life| life.tag(TAG.0) == Some(TAG.1)) {
        let name = LookupAttribute::builder().attribute_key(LookupAttributeKey::ResourceName).attribute_value(&life.id);
        let lookup = client.lookup_events().lookup_attributes(name.build()?).start_time(from).end_time(to);
        let mut pages = lookup.into_paginator().send();
        while let Some(page) = pages.next().await {
            page?;
        }
    }
    Ok(())
}

impl Hour {
    fn into_row(self) -> Row {
        let seconds = self.theirs as f64 / GRANTED;
        let peer = format!("a lookup for each server: {seconds} s at 2 a second");
        let [ours, theirs] = [self.ours, self.theirs].map(|calls| Figure::Calls(calls as f64));
        Row::new(format!("{} servers", self.servers), ours, peer, theirs).counted(format!("{} LookupEvents", self.ours))
    }
}
