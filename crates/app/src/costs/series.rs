use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use larder_history::{CostRow, Metric, Period};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Granularity, GroupBy, days};
use super::known::KnownCosts;
use crate::accounts_seen::SeenAccount;

/// One line, or stack of bars, of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Series {
    /// A service as Cost Explorer names it, or an account.
    pub name: String,
    /// ISO 4217: `USD`.
    pub currency: String,
    /// One for each label, exactly: `12.34`. `0` where nothing was charged, null where that is not known. Of a label that is
    /// incomplete it is the sum of what is known.
    #[schema(value_type = Vec<Option<String>>)]
    pub amounts: Vec<Option<String>>,
    /// The sum of those that are known.
    pub total: String,
}

/// Series by label.
pub(super) struct SeriesByLabel {
    pub(super) labels: Vec<Date>,
    /// What cost most comes first.
    pub(super) series: Vec<Series>,
    /// The labels of which not all is known: a day of an account is missing.
    pub(super) incomplete: BTreeSet<Date>,
    /// The currency and the sum of all, where there is one currency.
    pub(super) total: Option<(String, String)>,
}

/// What the series are made by.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) period: Period,
    /// Days from here on are nobody's to know yet.
    pub(super) tomorrow: Date,
    pub(super) granularity: Granularity,
    pub(super) group_by: GroupBy,
    pub(super) metric: Metric,
}

/// A name and a currency, and whose days count for it: all where it is a service's.
type Named = (String, String);

impl SeriesByLabel {
    /// The series of what is known of these accounts; `None` is an account of which nothing is.
    pub(super) fn of(accounts: &[(SeenAccount, Option<KnownCosts>)], shape: &Shape) -> Self {
        let labels: BTreeSet<Date> = days(shape.period).map(|day| shape.granularity.label(day)).collect();
        let labels: Vec<Date> = labels.into_iter().collect();
        let known = Known::of(accounts, shape);
        let mut sums: BTreeMap<Named, BTreeMap<Date, BigDecimal>> = BTreeMap::new();
        for (account, costs) in accounts {
            let rows = costs.iter().flat_map(|costs| &costs.rows);
            for row in rows.filter(|row| shape.period.from <= row.day && row.day < shape.period.to) {
                let name = match shape.group_by {
                    GroupBy::Service => row.service.clone(),
                    GroupBy::Account => account.id.to_string(),
                };
                let of_name = sums.entry((name, row.currency.clone())).or_default();
                *of_name.entry(shape.granularity.label(row.day)).or_default() += shape.amount(row);
            }
        }
        let total = total_of(&sums);
        let mut series: Vec<_> = sums
            .into_iter()
            .map(|((name, currency), amounts)| {
                let whole = known.whole_labels_of(&name, shape.group_by);
                let sum: BigDecimal = amounts.values().sum();
                (sum.clone(), series(name, currency, &labels, &amounts, whole, &sum))
            })
            .collect();
        series.sort_by(|(one, _), (other, _)| other.cmp(one));
        let series = series.into_iter().map(|(_, series)| series).collect();
        Self { labels, series, incomplete: known.incomplete, total }
    }
}

impl Shape {
    fn amount<'a>(&self, row: &'a CostRow) -> &'a BigDecimal {
        match self.metric {
            Metric::Unblended => &row.unblended,
            Metric::Amortised => &row.amortised,
        }
    }
}

/// Of which labels everything is known that there is by now: what has no amount there cost nothing.
struct Known {
    of_all: BTreeSet<Date>,
    by_account: BTreeMap<String, BTreeSet<Date>>,
    /// Of which not everything is, of some account.
    incomplete: BTreeSet<Date>,
}

impl Known {
    fn of(accounts: &[(SeenAccount, Option<KnownCosts>)], shape: &Shape) -> Self {
        let have_come = || days(shape.period).take_while(|day| *day < shape.tomorrow);
        let come: BTreeSet<Date> = have_come().map(|day| shape.granularity.label(day)).collect();
        let mut known = Self { of_all: come.clone(), by_account: BTreeMap::new(), incomplete: BTreeSet::new() };
        for (account, costs) in accounts {
            let is_known = |day: &Date| costs.as_ref().is_some_and(|costs| costs.days.contains(day));
            let missing: BTreeSet<Date> =
                have_come().filter(|day| !is_known(day)).map(|day| shape.granularity.label(day)).collect();
            known.by_account.insert(account.id.to_string(), &come - &missing);
            known.incomplete.extend(missing);
        }
        known.of_all = &known.of_all - &known.incomplete;
        known
    }

    fn whole_labels_of(&self, name: &str, group_by: GroupBy) -> &BTreeSet<Date> {
        match group_by {
            GroupBy::Service => &self.of_all,
            GroupBy::Account => self.by_account.get(name).unwrap_or(&self.of_all),
        }
    }
}

fn series(
    name: String,
    currency: String,
    labels: &[Date],
    amounts: &BTreeMap<Date, BigDecimal>,
    whole: &BTreeSet<Date>,
    sum: &BigDecimal,
) -> Series {
    let amount = |label: &Date| match amounts.get(label) {
        Some(amount) => Some(text_of(amount)),
        None => whole.contains(label).then(|| "0".to_owned()),
    };
    Series { name, currency, amounts: labels.iter().map(amount).collect(), total: text_of(sum) }
}

fn total_of(sums: &BTreeMap<Named, BTreeMap<Date, BigDecimal>>) -> Option<(String, String)> {
    let mut by_currency: BTreeMap<&str, BigDecimal> = BTreeMap::new();
    for ((_, currency), amounts) in sums {
        *by_currency.entry(currency).or_default() += amounts.values().sum::<BigDecimal>();
    }
    match by_currency.pop_first() {
        Some((currency, sum)) if by_currency.is_empty() => Some((currency.to_owned(), text_of(&sum))),
        _ => None,
    }
}

/// All digits that an amount has, and no zero behind them.
pub(crate) fn text_of(amount: &BigDecimal) -> String {
    amount.normalized().to_plain_string()
}
