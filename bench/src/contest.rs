//! Two sides that take turns.

use std::time::Duration;

use crate::arguments::Effort;

/// How long both sides took, and how they compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Comparison {
    /// Median of the rounds' medians, in nanoseconds an operation.
    pub(crate) measured: f64,
    /// The same, of what it is measured against.
    pub(crate) beside: f64,
    /// Median of the rounds' ratios: what slows a whole round down cancels out.
    pub(crate) ratio: f64,
}

/// Lets both sides take `samples` in every round. Each gives the time of one operation, and does whatever else it
/// needs to outside of that time. Who begins changes with every round.
///
/// # Errors
/// The first error of a side.
pub(crate) async fn contest(
    effort: Effort,
    samples: usize,
    mut measured: impl AsyncFnMut() -> anyhow::Result<Duration>,
    mut beside: impl AsyncFnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<Comparison> {
    let mut rounds = Vec::new();
    // The first round fills caches, connections and branch predictors, and does not count.
    for round in 0..=effort.rounds {
        let (ours, theirs);
        if round % 2 == 0 {
            ours = turn(samples, &mut measured).await?;
            theirs = turn(samples, &mut beside).await?;
        } else {
            theirs = turn(samples, &mut beside).await?;
            ours = turn(samples, &mut measured).await?;
        }
        if round > 0 {
            rounds.push((ours, theirs));
        }
    }
    Ok(Comparison {
        measured: median(rounds.iter().map(|(ours, _)| *ours)),
        beside: median(rounds.iter().map(|(_, theirs)| *theirs)),
        ratio: median(rounds.iter().map(|(ours, theirs)| ours / theirs)),
    })
}

async fn turn(samples: usize, side: &mut impl AsyncFnMut() -> anyhow::Result<Duration>) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(samples);
    for _ in 0..samples {
        times.push(side().await?.as_secs_f64() * 1e9);
    }
    Ok(median(times.into_iter()))
}

/// The middle one, or the mean of the middle two; not a number for none.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => numbers[half],
        _ => f64::midpoint(numbers[half - 1], numbers[half]),
    }
}

/// What so many of a hundred are not above; not a number for none.
pub(crate) fn percentile(of_hundred: usize, numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let rank = (numbers.len() * of_hundred).div_ceil(100);
    numbers.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn a_percentile_is_one_of_the_numbers() {
        let to = |last: u32| (1..=last).rev().map(f64::from);
        assert_eq!([percentile(95, to(100)), percentile(95, to(20)), percentile(95, to(3))], [95.0, 19.0, 3.0]);
        assert!(percentile(95, std::iter::empty()).is_nan());
    }
}
