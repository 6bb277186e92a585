//! What accounts cost: from the cache, and from the history what Cost Explorer is not asked for or fails to tell.

mod asked;
mod reading;

mod answer;
mod known;
mod series;

pub use answer::{CostAnswer, CostsOfOne, EarlierDays, FailedAccount};
pub use asked::{AskedCosts, Granularity, GroupBy, METRICS_OF_COSTS, chosen, period_of_texts};
pub(crate) use asked::{YEARS, days, recent, today};
pub(crate) use known::rows_of;
pub use reading::{COSTS, Costs};
pub use series::Series;
pub(crate) use series::text_of;

#[cfg(test)]
pub(crate) use asked::day_of_text;

#[cfg(test)]
mod tests;
