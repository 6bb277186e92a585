use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use larder_cache::FetchOncePer;
use larder_tests::{Program, counterparts_dir, project};
use serde::Deserialize;

use super::{CONTAINERS, Most, REQUESTS, UPSTREAM, rows, rush};
use crate::arguments::Effort;
use crate::asker::{BYTES, key};
use crate::contest::contest;
use crate::dynamodb::Table;
use crate::row::Row;

const NAME: &str = "bentocache with its DynamoDB driver";
/// bentocache's table, which has its own shape.
const TABLE: &str = "bench-herd-bentocache-table";

/// What `bentocache.mjs` writes.
#[derive(Deserialize)]
struct Rushed {
    calls: u64,
    nanoseconds: u64,
}

/// # Errors
/// If it is not installed, unless this is a quick run, which says so and goes on: the tests don't install it.
pub(crate) async fn beside_bentocache(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let installed = counterparts_dir().join("bentocache");
    if !installed.join(".pin").is_file() {
        let absent = format!("bentocache is not in {}: run `make bench`", installed.display());
        ensure!(effort.is_quick(), absent);
        writeln!(io::stderr(), "skipped: {absent}")?;
        return Ok(Vec::new());
    }
    let table = Table::create("bench-herd-bentocache").await?;
    create_its_table(&table).await?;
    let (mut number, mut theirs_number) = (0, 0);
    let (mut ours, mut theirs) = (Most::default(), Most::default());
    let comparison = contest(
        effort,
        1,
        async || {
            number += 1;
            rush(effort, &table, &key(number)?, FetchOncePer::Fleet, &mut ours).await
        },
        async || {
            theirs_number += 1;
            let rushed = rush_in_node(effort, &table, &format!("key-{theirs_number}")).await?;
            theirs.calls = theirs.calls.max(rushed.calls);
            Ok(Duration::from_nanos(rushed.nanoseconds))
        },
    );
    let comparison = comparison.await?;
    Ok(rows(NAME, comparison, ours, theirs))
}

/// The same herd in a Node process of its own.
async fn rush_in_node(effort: Effort, table: &Table, key: &str) -> anyhow::Result<Rushed> {
    let script = project().join("bench/src/herd/bentocache.mjs").display().to_string();
    let installed = counterparts_dir().join("bentocache").display().to_string();
    let sizes = [CONTAINERS, effort.samples(REQUESTS), BYTES].map(|size| size.to_string());
    let upstream = UPSTREAM.as_millis().to_string();
    let args = [&installed, table.endpoint_url, TABLE, key, &upstream, &sizes[0], &sizes[1], &sizes[2]];
    let finished = Program::start_under(&["node"], &script, &args, &[])?.finish().await?;
    ensure!(finished.status.success(), "{script}: {}\n{}", finished.status, finished.stderr);
    serde_json::from_str(&finished.stdout).with_context(|| format!("{script} wrote {:?}", finished.stdout))
}

/// As its documentation says: a table with the hash key `key`, a text.
async fn create_its_table(table: &Table) -> anyhow::Result<()> {
    let attribute = AttributeDefinition::builder().attribute_name("key").attribute_type(ScalarAttributeType::S);
    let create = table.client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    create
        .attribute_definitions(attribute.build()?)
        .key_schema(KeySchemaElement::builder().attribute_name("key").key_type(KeyType::Hash).build()?)
        .send()
        .await?;
    Ok(())
}
