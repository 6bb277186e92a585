use std::cmp::Reverse;
use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use jiff::ToSpan;
use jiff::civil::Date;

use super::{known_costs, monthly_costs, sums_by_month};
use crate::engine::Engine;
use crate::store::month_after;
use crate::{CostOfMonth, HistoryError, KnownCosts, Metric, Mover, Period};

pub(crate) async fn movers(
    engine: &impl Engine,
    accounts: &[String],
    month: Date,
    metric: Metric,
    limit: u32,
) -> Result<Vec<Mover>, HistoryError> {
    let both = Both::of(month);
    let mut movers: BTreeMap<_, Mover> = BTreeMap::new();
    for (until, accounts) in both.accounts_by_end(known_costs(engine, accounts).await?) {
        for cost in both.costs(engine, &accounts, until).await? {
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
                through: until.saturating_sub(1.day()),
            });
            *(if cost.month == both.month { &mut mover.cost } else { &mut mover.before }) = amount;
        }
    }
    let mut movers: Vec<_> = movers.into_values().filter(|mover| mover.cost != mover.before).collect();
    movers.sort_by_cached_key(|mover| Reverse((&mover.cost - &mover.before).abs()));
    movers.truncate(limit as usize);
    Ok(movers)
}

/// A month and the one before it, by their first days.
struct Both {
    before: Date,
    month: Date,
    after: Date,
}

impl Both {
    fn of(day: Date) -> Self {
        let month = day.first_of_month();
        Self { before: month.saturating_sub(1.month()), month, after: month_after(month) }
    }

    /// The accounts of which the whole month before is known, and some of the month, by the day until which that is:
    /// against an unknown one, all would seem new.
    fn accounts_by_end(&self, known: Vec<KnownCosts>) -> BTreeMap<Date, Vec<String>> {
        let mut by_end: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for KnownCosts { account, days } in known {
            if days.from <= self.before && days.to > self.month {
                by_end.entry(days.to.min(self.after)).or_default().push(account);
            }
        }
        by_end
    }

    /// What was charged in the month until then, and in as many days of the one before: a part of a month against a whole
    /// one would seem a fall of everything.
    async fn costs(
        &self,
        engine: &impl Engine,
        accounts: &[String],
        until: Date,
    ) -> Result<Vec<CostOfMonth>, HistoryError> {
        if until == self.after {
            return monthly_costs(engine, accounts, Period { from: self.before, to: self.after }).await;
        }
        let as_many = self.before.saturating_add(self.month.duration_until(until)).min(self.month);
        let days = [Period { from: self.before, to: as_many }, Period { from: self.month, to: until }];
        sums_by_month(engine, accounts, days).await
    }
}
