use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use jiff::ToSpan;
use jiff::civil::Date;

use super::monthly_costs;
use crate::engine::Engine;
use crate::store::{month_after, spans};
use crate::{HistoryError, Metric, Mover, Period};

pub(crate) async fn movers(
    engine: &impl Engine,
    accounts: &[String],
    month: Date,
    metric: Metric,
    limit: u32,
) -> Result<Vec<Mover>, HistoryError> {
    let month = month.first_of_month();
    let before = month.saturating_sub(1.month());
    let both = Period { from: before, to: month_after(month) };
    let known = known_in_both(engine, accounts, before, month).await?;
    let mut movers: BTreeMap<_, Mover> = BTreeMap::new();
    for cost in monthly_costs(engine, accounts, both).await?.into_iter().filter(|cost| known.contains(&cost.account)) {
        let amount = match metric {
            Metric::Unblended => cost.unblended,
            Metric::Amortised => cost.amortised,
        };
        let key = (cost.account.clone(), cost.service.clone(), cost.currency.clone());
        let mover = movers.entry(key).or_insert_with(|| Mover {
            account: cost.account,
            service: cost.service,
            currency: cost.currency,
            cost: BigDecimal::default(),
            before: BigDecimal::default(),
        });
        *(if cost.month == month { &mut mover.cost } else { &mut mover.before }) = amount;
    }
    let mut movers: Vec<_> = movers.into_values().filter(|mover| mover.cost != mover.before).collect();
    movers.sort_by_cached_key(|mover| Reverse((&mover.cost - &mover.before).abs()));
    movers.truncate(limit as usize);
    Ok(movers)
}

/// The accounts of which the whole month before is known, and some of the month: against an unknown one, all would seem
/// new.
async fn known_in_both(
    engine: &impl Engine,
    accounts: &[String],
    before: Date,
    month: Date,
) -> Result<BTreeSet<String>, HistoryError> {
    let spans = spans(engine, accounts).await?.into_iter();
    Ok(spans.filter(|(_, days)| days.from <= before && days.to > month).map(|(account, _)| account).collect())
}
