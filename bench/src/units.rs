//! What requests cost, in DynamoDB's capacity units.

use anyhow::ensure;
use larder_cache::store::Units;
use larder_cache::{Key, Selector};

use crate::arguments::Effort;
use crate::asker::{Asker, Layer, SIZE, key, value};
use crate::dynamodb::Table;
use crate::figure::Figure;
use crate::row::Row;
use crate::usual_design::{UsualDesign, Values};

/// On-demand, us-east-1, Standard table class, since 2024-11-01: a million read request units and a million write
/// request units, in dollars. Source: <https://aws.amazon.com/dynamodb/pricing/on-demand/>.
const READ_PRICE: f64 = 0.125;
const WRITE_PRICE: f64 = 0.625;

/// Requests in a full run.
const REQUESTS: usize = 1_000;
/// Keys that become cold together.
const KEYS: usize = 10;
/// How often each is asked for after its miss: hit ratios of 50, 80 and 99 %.
const HITS_TO_A_MISS: [usize; 3] = [1, 4, 99];

/// Some requests for the same keys: again and again they are invalidated, asked for once in vain, and found so often.
struct Workload {
    keys: Vec<Key>,
    invalidations: usize,
    hits_to_a_miss: usize,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let keys = (0..effort.samples(KEYS) as u64).map(key).collect::<anyhow::Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for hits_to_a_miss in HITS_TO_A_MISS {
        let invalidations = effort.samples(REQUESTS / KEYS / (hits_to_a_miss + 1));
        let workload = Workload { keys: keys.clone(), invalidations, hits_to_a_miss };
        let ours = workload.larder().await?;
        for (values, peer) in [
            (Values::AsTheyCome, "get, put, query and delete"),
            (Values::Compressed, "the same, its values compressed as Larder's are"),
        ] {
            rows.push(workload.row(ours, workload.usual_design(values).await?, peer));
        }
    }
    Ok(rows)
}

impl Workload {
    async fn larder(&self) -> anyhow::Result<Units> {
        let table = Table::create(format!("bench-units-{}", self.hits_to_a_miss)).await?;
        let selector = Selector::default().data_type(self.keys[0].data_type())?;
        let invalidator = Asker::fresh(table.store());
        // An epoch is made once in the life of a table.
        invalidator.invalidate(&selector).await?;
        let made = invalidator.units();
        let mut askers = Vec::new();
        for _ in 0..self.invalidations {
            invalidator.invalidate(&selector).await?;
            for pass in 0..=self.hits_to_a_miss {
                // Its memory is empty, and it has never looked at the epoch.
                let asker = Asker::fresh(table.store());
                for key in &self.keys {
                    asker.ask(key, if pass == 0 { Layer::Upstream } else { Layer::Store }).await?;
                }
                table.requests.settle().await?;
                askers.push(asker.units());
            }
        }
        let mut units = invalidator.units();
        units += Units { read: -made.read, write: -made.write };
        askers.into_iter().for_each(|asker| units += asker);
        Ok(units)
    }

    async fn usual_design(&self, values: Values) -> anyhow::Result<Units> {
        let table = Table::create(format!("bench-units-{}-{values:?}", self.hits_to_a_miss)).await?;
        let (asker, sample, value) = (Asker::fresh(table.store()), key(500_000_000_000)?, value());
        asker.ask(&sample, Layer::Upstream).await?;
        table.requests.settle().await?;
        let entry = table.item(&sample).await?;
        let mut usual = UsualDesign::new(&table);
        usual.invalidate(sample.data_type()).await?;
        usual.units = Units::default();
        for _ in 0..self.invalidations {
            usual.invalidate(sample.data_type()).await?;
            for pass in 0..=self.hits_to_a_miss {
                for key in &self.keys {
                    let found = usual.get(key.as_str()).await?;
                    ensure!(found == (pass > 0), "{key} is found in pass {pass}: {found}");
                    if !found {
                        usual.put(values.item(key, &entry, &value)).await?;
                    }
                }
            }
        }
        // As many deletions as fills: the last fill is deleted too.
        let first = usual.units;
        usual.invalidate(sample.data_type()).await?;
        usual.units.read = first.read;
        Ok(usual.units)
    }

    fn row(&self, ours: Units, usual: Units, peer: &str) -> Row {
        let requests = (self.keys.len() * self.invalidations * (self.hits_to_a_miss + 1)) as f64;
        let [larder, beside] = [ours, usual]
            .map(|units| (units.read * READ_PRICE + units.write * WRITE_PRICE) / requests)
            .map(Figure::DollarsAMillion);
        let share = 100 * self.hits_to_a_miss / (self.hits_to_a_miss + 1);
        let [ours, usual] = [ours, usual].map(|units| {
            let a_thousand = 1_000.0 / requests;
            format!("{:.0} read and {:.0} write units", units.read * a_thousand, units.write * a_thousand)
        });
        let what = format!("{share} % hits, {SIZE}");
        Row::new(what, larder, format!("{peer}: {usual}"), beside).counted(ours)
    }
}
