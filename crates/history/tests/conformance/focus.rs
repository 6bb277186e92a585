//! A real bill, which is summed up a second time in the simplest way: as whole numbers of 1e-18.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use larder_history::{CostRow, CostSync, Period};
use larder_tests::real_data;
use rstest::rstest;

use crate::backends::Database;
use crate::samples::{amount, at, check_sound, day};

/// What the bill's README says of the file: rows, and the sum of what was billed, all of AWS and of its EC2.
const AWS: (usize, &str) = (451, "2.9854455605");
const EC2: (usize, &str) = (226, "2.1275585645");
const EC2_NAME: &str = "Amazon Elastic Compute Cloud";

struct Charge {
    account: String,
    day: String,
    service: String,
    billed: String,
    effective: String,
}

fn charges(file: &std::path::Path) -> Vec<Charge> {
    let mut text = String::new();
    let zipped = std::fs::File::open(file).expect("the file");
    GzDecoder::new(zipped).read_to_string(&mut text).expect("text");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| row.expect("a row"));
    let of_aws = rows.filter(|row| row["ProviderName"] == "AWS" && row["BillingCurrency"] == "USD");
    let charge = |row: BTreeMap<String, String>| Charge {
        account: row["SubAccountId"].clone(),
        day: row["ChargePeriodStart"][..10].to_owned(),
        service: row["ServiceName"].clone(),
        billed: row["BilledCost"].clone(),
        effective: row["EffectiveCost"].clone(),
    };
    of_aws.map(charge).collect()
}

/// `12.34` as 12,340,000,000,000,000,000.
fn attos(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<18}").parse().expect("digits")
}

/// The other way around, without zeros at the end.
fn told(attos: i128) -> String {
    let digits = format!("{attos:019}");
    let (whole, fraction) = digits.split_at(digits.len() - 18);
    format!("{whole}.{fraction}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn sums<K: Ord>(charges: &[Charge], key: impl Fn(&Charge) -> K) -> BTreeMap<K, (String, String)> {
    let mut sums: BTreeMap<K, (i128, i128)> = BTreeMap::new();
    for charge in charges {
        let (billed, effective) = sums.entry(key(charge)).or_default();
        *billed += attos(&charge.billed);
        *effective += attos(&charge.effective);
    }
    sums.into_iter().map(|(key, (billed, effective))| (key, (told(billed), told(effective)))).collect()
}

#[rstest]
#[tokio::test]
async fn a_real_bill_sums_up_to_the_last_digit(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let Some(folder) = real_data() else { return };
    let charges = charges(&folder.join("cost/focus_1_0_sample.csv.gz"));
    let ec2 = charges.iter().filter(|charge| charge.service == EC2_NAME).count();
    assert_eq!((charges.len(), ec2), (AWS.0, EC2.0));
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let mut accounts: BTreeMap<&str, BTreeMap<(&str, &str), CostRow>> = BTreeMap::new();
    for charge in &charges {
        let rows = accounts.entry(&charge.account).or_default();
        let row = rows.entry((&charge.day, &charge.service)).or_insert_with(|| CostRow {
            day: day(&charge.day),
            service: charge.service.clone(),
            currency: "USD".to_owned(),
            unblended: amount("0"),
            amortised: amount("0"),
            estimated: false,
        });
        row.unblended += amount(&charge.billed);
        row.amortised += amount(&charge.effective);
    }
    for (account, rows) in accounts {
        let rows: Vec<_> = rows.into_values().collect();
        let (from, to, as_of) = (day("2024-09-01"), day("2024-10-01"), at("2024-10-02T00:00:00Z"));
        let sync = CostSync { account, from, to, as_of, by: "bill", rows: &rows };
        history.store_costs(&sync).await.expect("it is kept");
    }
    let all = Period { from: day("2024-09-01"), to: day("2024-10-01") };
    let days = history.daily_costs(&[], all).await.expect("answers").into_iter();
    let days: BTreeMap<_, _> = days
        .map(|sum| {
            ((sum.day.to_string(), sum.service), (sum.unblended.to_plain_string(), sum.amortised.to_plain_string()))
        })
        .collect();
    assert_eq!(days, sums(&charges, |charge| (charge.day.clone(), charge.service.clone())));
    let months = history.monthly_costs(&[], all).await.expect("answers");
    let kept: BTreeMap<_, _> = months
        .iter()
        .map(|sum| {
            (
                (sum.account.clone(), sum.service.clone()),
                (sum.unblended.to_plain_string(), sum.amortised.to_plain_string()),
            )
        })
        .collect();
    assert_eq!(kept, sums(&charges, |charge| (charge.account.clone(), charge.service.clone())));
    let billed = |of: &dyn Fn(&str) -> bool| {
        let sum: bigdecimal::BigDecimal = months.iter().filter(|sum| of(&sum.service)).map(|sum| &sum.unblended).sum();
        sum.normalized().to_plain_string()
    };
    assert_eq!((billed(&|_| true).as_str(), billed(&|service| service == EC2_NAME).as_str()), (AWS.1, EC2.1));
    check_sound(history).await;
}
