use std::collections::BTreeSet;

use jiff::ToSpan;

use super::*;

const LATER: &str = "2027-01-01T00:00:00Z";

fn costs(seed: u64) -> (Fleet, Costs) {
    let fleet = Fleet::generate(1);
    let costs = Costs::generate(seed, &fleet);
    (fleet, costs)
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

/// What the first account is charged on days from one on, for all services or one.
fn sum(costs: &Costs, fleet: &Fleet, from: &str, days: usize, service: Option<&str>) -> Amount {
    let days = date(from).series(1.day()).take(days);
    let charges = days.flat_map(|day| costs.on(fleet.accounts()[0].id(), day, moment(LATER)));
    charges.filter(|it| service.is_none_or(|name| it.service == name)).map(|it| it.unblended).sum()
}

#[test]
fn they_follow_from_the_seed() {
    let [one, same, other] = [3, 3, 4].map(|seed| {
        let (fleet, costs) = costs(seed);
        costs.on(fleet.accounts()[0].id(), date("2025-11-12"), moment(LATER))
    });
    assert_eq!(one, same);
    assert_ne!(one, other);
    let names: BTreeSet<_> = one.iter().map(|charge| charge.service).collect();
    assert!(names.len() == one.len() && one.len() >= 12, "{names:?}");
}

#[test]
fn working_days_cost_more_and_the_first_of_a_month_has_charges_of_its_own() {
    let (fleet, costs) = costs(1);
    // 2025-11-08 is a Saturday.
    let weekend = sum(&costs, &fleet, "2025-11-08", 2, None);
    let week = sum(&costs, &fleet, "2025-11-10", 2, None);
    assert!(week > weekend.millionths(1_200_000), "{week} {weekend}");
    let support = Some("AWS Support (Business)");
    assert_eq!(sum(&costs, &fleet, "2025-11-02", 29, support), Amount::default());
    assert_eq!(sum(&costs, &fleet, "2025-11-01", 1, support).to_string(), "412.5000000000");
}

#[test]
fn in_each_month_one_service_costs_much_more_than_the_month_before() {
    let (fleet, costs) = costs(1);
    let account = fleet.accounts()[0].id();
    let mut services = BTreeSet::new();
    for month in date("2025-01-01").series(1.month()).take(24) {
        let service = costs.jumping(account, month);
        services.insert(service);
        let before = month.checked_sub(1.month()).expect("a month");
        if costs.jumping(account, before) == service {
            continue;
        }
        let [jumped, usual] = [month, before].map(|it| sum(&costs, &fleet, &it.to_string(), 28, Some(service)));
        assert!(jumped > usual.millionths(2_000_000), "{service} in {month}: {jumped} {usual}");
    }
    assert!(services.len() > 3, "{services:?}");
}

#[test]
fn what_is_reserved_is_charged_at_once_and_amortised_over_its_month() {
    let (fleet, costs) = costs(1);
    let database = "Amazon Relational Database Service";
    let of = |day: &str| {
        let charges = costs.on(fleet.accounts()[0].id(), date(day), moment(LATER));
        charges.into_iter().find(|it| it.service == database).expect("it is used")
    };
    let (first, second) = (of("2025-11-01"), of("2025-11-02"));
    assert!(first.unblended > first.amortised.millionths(4_000_000), "{first:?}");
    assert!(second.unblended < second.amortised, "{second:?}");
}

#[test]
fn what_is_known_of_a_day_grows_until_two_days_later() {
    let (fleet, costs) = costs(1);
    let day = date("2025-11-12");
    let known = |now: &str| -> Amount {
        costs.on(fleet.accounts()[0].id(), day, moment(now)).iter().map(|it| it.unblended).sum()
    };
    let moments =
        ["2025-11-12T05:00:00Z", "2025-11-12T06:00:00Z", "2025-11-12T23:00:00Z", "2025-11-13T00:00:00Z", LATER];
    let known = moments.map(known);
    assert!(known.is_sorted_by(|a, b| a < b), "{known:?}");
    assert_eq!(known[0], Amount::default());
    for (now, estimated) in
        [("2025-11-12T00:00:00Z", true), ("2025-11-13T23:59:59Z", true), ("2025-11-14T00:00:00Z", false)]
    {
        assert_eq!(Costs::is_estimated(day, moment(now)), estimated, "{now}");
    }
}

#[test]
fn nobody_else_is_charged_and_the_second_account_less() {
    let (fleet, costs) = costs(1);
    let of = |nth: usize| costs.on(fleet.accounts()[nth].id(), date("2025-11-12"), moment(LATER));
    let total = |charges: &[Charge]| charges.iter().map(|it| it.unblended).sum::<Amount>();
    assert!(total(&of(1)) < total(&of(0)).millionths(400_000));
    assert!(of(1).iter().all(|charge| charge.service != "AWS Elastic Disaster Recovery"));
}
