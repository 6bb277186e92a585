use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::{BigDecimal, Zero};
use jiff::civil::Date;

use super::record::Asked;
use super::{check_day, kept_moment, month_after, month_of, spans};
use crate::amount::Parts;
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Row, Statement, Value};
use crate::{CostRow, CostSync, HistoryError, Period, SyncOutcome, What};

const KEPT: &str = "SELECT day, service, currency, {unblended}, {amortised}, estimated FROM cost_data
    WHERE account_id = $1 AND day >= $2 AND day < $3";
const PUT: &str = "INSERT INTO cost_data (account_id, day, service, currency, {unblended}, {amortised}, estimated)";
const INSTEAD: &str = " ON CONFLICT (account_id, day, service) DO UPDATE SET currency = excluded.currency,
    {replace unblended}, {replace amortised}, estimated = excluded.estimated";
const FORGET_MONTH: &str = "DELETE FROM cost_month WHERE account_id = $1 AND month = $2 AND service {any 3}";
const ADD_MONTH: &str = "INSERT INTO cost_month (account_id, month, service, currency, {unblended}, {amortised})
    SELECT account_id, $2, service, currency, {sum unblended}, {sum amortised} FROM cost_data
    WHERE account_id = $1 AND day >= $2 AND day < $4 AND service {any 3}
    GROUP BY account_id, service, currency";

type Day<'a> = (Date, &'a str);

pub(crate) async fn store_costs(engine: &impl Engine, sync: &CostSync<'_>) -> Result<SyncOutcome, HistoryError> {
    let as_of = kept_moment(sync.as_of)?;
    let told = by_day(sync)?;
    let asked = Asked { account: sync.account, region: None, what: What::Costs, as_of, by: sync.by };
    let months: BTreeSet<_> = told.keys().map(|(day, _)| (Partitioned::CostData, day.first_of_month())).collect();
    let mut months: Vec<_> = months.into_iter().collect();
    months.push((Partitioned::SyncHistory, month_of(as_of)));
    let mut work = engine.begin(&asked.place(), &months).await?;
    let dialect = engine.dialect();

    let mut outcome = SyncOutcome { seen: told.len() as u64, ..SyncOutcome::default() };
    if asked.last(work.as_mut(), dialect).await?.is_some_and(|last| as_of < last) {
        outcome.superseded = true;
    } else {
        let kept = Statement::new(dialect, KEPT).bind(sync.account).bind(sync.from).bind(sync.to);
        let kept = work.ask(kept).await?.iter().map(kept_row).collect::<Result<Vec<_>, _>>()?;
        let different = difference(&told, &kept, &mut outcome);
        keep(work.as_mut(), dialect, sync.account, &different).await?;
        spans::extend(work.as_mut(), dialect, sync.account, Period { from: sync.from, to: sync.to }).await?;
    }
    asked.succeeded(work.as_mut(), dialect, outcome).await?;
    work.commit().await?;
    Ok(outcome)
}

/// All that was told, by its key.
fn by_day<'a>(sync: &CostSync<'a>) -> Result<BTreeMap<Day<'a>, &'a CostRow>, HistoryError> {
    check_day(sync.from)?;
    check_day(sync.to)?;
    if sync.from >= sync.to {
        return Err(HistoryError::Invalid(format!("there is no day from {} to {}", sync.from, sync.to)));
    }
    let mut told = BTreeMap::new();
    for row in sync.rows {
        let CostRow { day, service, .. } = row;
        if *day < sync.from || *day >= sync.to {
            return Err(HistoryError::Invalid(format!("{day} is not among the days that were asked for")));
        }
        if service.contains('\0') || row.currency.contains('\0') {
            return Err(HistoryError::Invalid(format!("{service:?} has a character with the code 0")));
        }
        Parts::of(&row.unblended)?;
        Parts::of(&row.amortised)?;
        if told.insert((*day, service.as_str()), row).is_some() {
            return Err(HistoryError::Invalid(format!("{service} was told twice for {day}")));
        }
    }
    Ok(told)
}

/// The rows to write, and how many are new, changed and gone. A cost that is told no more is kept as 0: it was there
/// once, and is nothing now.
fn difference(told: &BTreeMap<Day<'_>, &CostRow>, kept: &[CostRow], outcome: &mut SyncOutcome) -> Vec<CostRow> {
    let before: BTreeMap<Day<'_>, &CostRow> = kept.iter().map(|row| ((row.day, row.service.as_str()), row)).collect();
    let mut different = Vec::new();
    for (key, row) in told {
        match before.get(key) {
            None => outcome.added += 1,
            Some(before) if before != row => outcome.changed += 1,
            Some(_) => continue,
        }
        different.push(CostRow::clone(row));
    }
    for row in kept.iter().filter(|row| !told.contains_key(&(row.day, row.service.as_str()))) {
        let (unblended, amortised) = (BigDecimal::zero(), BigDecimal::zero());
        let nothing = CostRow { unblended, amortised, estimated: false, ..row.clone() };
        if nothing != *row {
            outcome.gone += 1;
            different.push(nothing);
        }
    }
    different
}

/// Writes the rows, and sums up anew what they are part of.
async fn keep(work: &mut dyn Work, dialect: Dialect, account: &str, rows: &[CostRow]) -> Result<(), HistoryError> {
    let values = rows.iter().map(|row| {
        let key = [Value::from(account), row.day.into(), row.service.as_str().into(), row.currency.as_str().into()];
        let amounts = [row.unblended.clone().into(), row.amortised.clone().into(), row.estimated.into()];
        key.into_iter().chain(amounts).collect()
    });
    for statement in Statement::insert(dialect, PUT, values.collect(), INSTEAD) {
        work.run(statement).await?;
    }
    let mut services: BTreeMap<Date, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        services.entry(row.day.first_of_month()).or_default().insert(&row.service);
    }
    for (month, services) in services {
        let services: Vec<String> = services.into_iter().map(str::to_owned).collect();
        let of = |text| Statement::new(dialect, text).bind(account).bind(month).bind(services.clone());
        work.run(of(FORGET_MONTH)).await?;
        work.run(of(ADD_MONTH).bind(month_after(month))).await?;
    }
    Ok(())
}

fn kept_row(row: &Row) -> Result<CostRow, HistoryError> {
    let mut row = row.reader();
    CostRow::of_day(row.take()?, &mut row)
}
