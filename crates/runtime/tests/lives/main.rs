//! What is said of instances that live at random, with evidence that is lost at random, beside the truth.

mod life;
mod random;

use larder_runtime::{Act, Checkpoint, Coverage, Evidence, Second, Span, Totals, timeline};
use life::Life;
use proptest::prelude::*;
use random::Random;

/// The longest that an instance is pending or stopping: so far may an approximate end of a run be off.
const SLACK: i64 = 180;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn second(seconds: i64) -> Second {
    Second::of_unix(seconds)
}

/// A month that everything is asked of; lives begin before, in or after it.
fn month() -> Span {
    Span { from: second(1_761_955_200), to: second(1_761_955_200 + 30 * DAY) }
}

fn life(random: &mut Random) -> Life {
    let created = month().from.plus(random.between(-20 * DAY, 25 * DAY));
    Life::new(random, created, month().to.plus(5 * DAY))
}

/// Everything there is until `until`, but for what `is_lost`.
fn evidence(life: &Life, until: Second, mut is_lost: impl FnMut(&Evidence) -> bool) -> Vec<Evidence> {
    let looks = (0..).map(|hour| life.created.plus(hour * HOUR + 300)).take_while(|time| *time < until);
    let seen = looks.map(|time| life.seen(time));
    let told = life.told.iter().filter(|evidence| evidence.time() < until).cloned();
    let mut evidence: Vec<_> = told.chain(seen).filter(|evidence| !is_lost(evidence)).collect();
    evidence.push(life.seen(until));
    evidence
}

/// What approximate ends may be off, one of them just outside of the window.
fn slack(totals: &Totals) -> i64 {
    SLACK * (i64::from(totals.approximate_endpoints) + 1)
}

/// A lookout from long before everything until a quarter of an hour before `until`.
fn whole(until: Second) -> Coverage {
    Coverage::of(Span { from: month().from.plus(-60 * DAY), to: until.plus(-15 * 60) })
}

/// When it is asked: there is an instance to ask for, and something tells so.
fn until(random: &mut Random, life: &Life) -> Second {
    month().from.plus(random.between(0, 32 * DAY)).max(life.created.plus(1))
}

fn window(until: Second) -> Span {
    month().and(&Span { from: month().from, to: until })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn with_every_state_change_it_is_exact_to_the_second(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        let evidence = evidence(&life, until, |_| false);
        let everything = Coverage::of(Span { from: Second::MIN, to: until });
        // The last look may be behind a turn of the last minute.
        let window = window(until.plus(-60));
        let totals = timeline(&evidence, &everything).totals(&window);
        let truth = life.ran(&window);
        prop_assert_eq!((totals.lower, totals.upper), (truth, truth), "{:?}", life);
    }

    #[test]
    fn with_calls_and_looks_alone_the_truth_is_between_the_bounds(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        let evidence = evidence(&life, until, |evidence| matches!(evidence, Evidence::Changed(_)));
        check(&life, &evidence, &whole(until), until)?;
    }

    #[test]
    fn of_who_was_there_before_anything_was_read_the_truth_is_between_the_bounds(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        // Of what EC2 starts by itself, an end before that would be told by nothing.
        prop_assume!(!life.is_spot);
        let until = until(&mut random, &life).max(month().from.plus(HOUR));
        // Often all of them.
        let [of_changes, of_looks] = [0, 0].map(|_| random.between(0, 200));
        let evidence = evidence(&life, until, |evidence| {
            evidence.time() < month().from || match evidence {
                Evidence::Recorded(_) => false,
                Evidence::Changed(_) => random.percent(of_changes),
                Evidence::Seen(_) => random.percent(of_looks),
            }
        });
        let covered = Coverage::of(Span { from: month().from, to: until.plus(-15 * 60) });
        check(&life, &evidence, &covered, until)?;
    }

    #[test]
    fn whatever_is_lost_the_truth_is_between_the_bounds(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        // Of what EC2 starts by itself, an end that is lost would be told by nothing.
        let (mut covered, lost) =
            if life.is_spot { (whole(until), Vec::new()) } else { with_gaps(&mut random, until) };
        let (of_changes, of_looks) = (random.between(0, 100), random.between(0, 100));
        let evidence = evidence(&life, until, |evidence| match evidence {
            Evidence::Recorded(recorded) => lost.iter().any(|gap| gap.contains(recorded.time)) && random.percent(70),
            Evidence::Changed(_) => random.percent(of_changes),
            Evidence::Seen(_) => random.percent(of_looks),
        });
        if !life.is_spot && random.percent(10) {
            // Nothing of all this.
            covered = Coverage::of(Span { from: Second::MIN, to: month().from.plus(-60 * DAY) });
        }
        check(&life, &evidence, &covered, until)?;
    }

    #[test]
    fn neither_order_nor_repetition_makes_a_difference(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        let mut evidence = evidence(&life, until, |_| random.percent(30));
        let before = timeline(&evidence, &whole(until));
        for _ in 0..evidence.len() / 3 {
            let again = evidence[random.below(evidence.len())].clone();
            evidence.push(again);
        }
        random.shuffle(&mut evidence);
        prop_assert_eq!(timeline(&evidence, &whole(until)), before);
    }

    #[test]
    fn later_it_is_never_less_and_its_days_add_up(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        let evidence = evidence(&life, until, |_| random.percent(30));
        let timeline = timeline(&evidence, &whole(until));
        let mut days = Totals::default();
        let mut least = 0;
        for day in 0..30 {
            let from = month().from.plus(day * DAY);
            days += timeline.totals(&Span { from, to: from.plus(DAY) });
            let so_far = timeline.totals(&Span { from: month().from, to: from.plus(DAY) });
            prop_assert!(so_far.lower >= least);
            prop_assert_eq!(so_far, days);
            least = so_far.lower;
        }
        prop_assert_eq!(timeline.totals(&month()), days);
    }

    #[test]
    fn from_checkpoints_it_is_as_from_scratch(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let life = life(&mut random);
        let until = until(&mut random, &life);
        let of_changes = random.between(0, 100);
        let evidence = evidence(&life, until, |evidence| matches!(evidence, Evidence::Changed(_)) && random.percent(of_changes));
        let scratch = timeline(&evidence, &whole(until));
        let (mut checkpoint, mut at): (Option<Checkpoint>, _) = (None, life.created);
        while at < until {
            at = at.plus(random.between(HOUR, 5 * DAY)).min(until);
            let known: Vec<_> = evidence.iter().filter(|evidence| evidence.time() <= at).cloned().collect();
            let known_after = |base: &Checkpoint| known.iter().filter(|it| it.time() > base.until()).any(|it| base.is_disturbed_by(it));
            let base = checkpoint.filter(|base| !known_after(base));
            // Calls come late: until then, all are known.
            let next = Checkpoint::new(base.as_ref(), &known, &whole(at), month().from, at.plus(-15 * 60));
            checkpoint = next.or(base);
        }
        if let Some(checkpoint) = checkpoint {
            let text = serde_json::to_string(&checkpoint).expect("JSON");
            let checkpoint: Checkpoint = serde_json::from_str(&text).expect("the same");
            let new: Vec<_> = evidence.iter().filter(|evidence| evidence.time() > checkpoint.until()).cloned().collect();
            if new.iter().any(|evidence| checkpoint.is_disturbed_by(evidence)) {
                return Ok(());
            }
            let after = checkpoint.timeline(&new, &whole(until));
            for day in 0..30 {
                let from = month().from.plus(day * DAY);
                let day = Span { from, to: from.plus(DAY) };
                let mut totals = checkpoint.totals(&day);
                totals += after.totals(&day);
                prop_assert_eq!(totals, scratch.totals(&day), "{:?} {:?}", checkpoint.until(), life);
            }
        }
    }
}

/// The truth is between the bounds, but for what approximate ends may be off; and what is said to be exact is.
fn check(life: &Life, evidence: &[Evidence], covered: &Coverage, until: Second) -> Result<(), TestCaseError> {
    // A start that comes first, of what nothing tells that it was there before, is taken as the first of all.
    if !evidence.iter().any(tells_since_when) {
        return Ok(());
    }
    let timeline = timeline(evidence, covered);
    let totals = timeline.totals(&window(until));
    let truth = life.ran(&window(until));
    let (slack, story) = (slack(&totals), format!("{totals:?} {covered:?}\n{timeline:?}\n{life:?}"));
    prop_assert!(totals.lower <= truth + slack, "more than the {truth} that it ran: {story}");
    prop_assert!(totals.upper + slack >= truth, "less than the {truth} that it ran: {story}");
    prop_assert!(totals.lower <= totals.upper);
    Ok(())
}

/// Whether it tells when the instance was created.
fn tells_since_when(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Recorded(recorded) => recorded.act == Act::Launch,
        Evidence::Changed(_) => false,
        Evidence::Seen(seen) => seen.instance.is_some(),
    }
}

/// A lookout with gaps.
fn with_gaps(random: &mut Random, until: Second) -> (Coverage, Vec<Span>) {
    let (mut covered, mut gaps) = (Coverage::default(), Vec::new());
    let mut from = month().from.plus(-60 * DAY);
    let end = until.plus(-15 * 60);
    gaps.push(Span { from: end, to: until.plus(1) });
    while from < end {
        let to = from.plus(random.between(HOUR, 20 * DAY)).min(end);
        covered.add(Span { from, to });
        from = to.plus(random.between(60, 2 * DAY));
        gaps.push(Span { from: to, to: from });
    }
    (covered, gaps)
}
