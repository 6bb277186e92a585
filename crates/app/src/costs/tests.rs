use std::str::FromStr;

use bigdecimal::BigDecimal;
use jiff::civil::{Date, date};
use larder_history::{CostRow, CostsOfAccount, Metric, Period};
use larder_sources::AccountId;
use rstest::rstest;

use super::known::KnownCosts;
use super::series::{SeriesByLabel, Shape};
use super::*;
use crate::accounts_seen::SeenAccount;
use crate::problem::{Code, Problem};

const FIRST: &str = "111122223333";
const SECOND: &str = "444455556666";

fn row(day: Date, service: &str, currency: &str, amount: &str) -> CostRow {
    let amount = BigDecimal::from_str(amount).expect("a number");
    let (service, currency) = (service.to_owned(), currency.to_owned());
    CostRow { day, service, currency, unblended: amount.clone(), amortised: amount * 2, estimated: false }
}

/// What is known of an account: of these days, with these rows.
fn known(id: &str, from: Date, to: Date, rows: Vec<CostRow>) -> (SeenAccount, Option<KnownCosts>) {
    let now = "2026-11-20T00:00:00Z".parse().expect("a moment");
    let kept = CostsOfAccount { as_of: now, known: vec![Period { from, to }], rows };
    let known = KnownCosts::of_history(kept, Problem::new(Code::UpstreamTimeout, "No."), now);
    (SeenAccount { id: AccountId::parse(id).expect("12 digits"), name: None }, Some(known))
}

fn shape(from: Date, to: Date, granularity: Granularity, group_by: GroupBy) -> Shape {
    Shape {
        period: Period { from, to },
        tomorrow: date(2026, 11, 21),
        granularity,
        group_by,
        metric: Metric::Unblended,
    }
}

fn amounts(series: &SeriesByLabel) -> Vec<(String, Vec<Option<String>>)> {
    series.series.iter().map(|series| (series.name.clone(), series.amounts.clone())).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_day_that_nobody_asked_for_is_unknown_and_one_without_a_charge_is_zero() {
    let (day, next, unasked) = (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3));
    let rows = vec![row(day, "EC2", "USD", "1.20"), row(next, "S3", "USD", "0.0000000001")];
    let accounts = [known(FIRST, day, unasked, rows)];
    let series = SeriesByLabel::of(&accounts, &shape(day, date(2026, 11, 4), Granularity::Day, GroupBy::Service));
    let expected = [
        ("EC2".to_owned(), vec![some("1.2"), some("0"), None]),
        ("S3".to_owned(), vec![some("0"), some("0.0000000001"), None]),
    ];
    assert_eq!(amounts(&series), expected);
    assert_eq!(series.incomplete.iter().copied().collect::<Vec<_>>(), [unasked]);
    assert_eq!(series.total, Some(("USD".to_owned(), "1.2000000001".to_owned())));
}

#[test]
fn days_that_have_not_come_are_unknown_and_nothing_is_missing_of_them() {
    let (today, tomorrow) = (date(2026, 11, 20), date(2026, 11, 21));
    let accounts = [known(FIRST, today, tomorrow, vec![row(today, "EC2", "USD", "1")])];
    let series = SeriesByLabel::of(&accounts, &shape(today, date(2026, 11, 23), Granularity::Day, GroupBy::Service));
    assert_eq!(amounts(&series), [("EC2".to_owned(), vec![some("1"), None, None])]);
    assert!(series.incomplete.is_empty());
}

#[test]
fn a_month_is_the_exact_sum_of_its_days_and_says_if_one_is_missing() {
    let tenths = (1..=10).map(|day| row(date(2026, 10, day), "EC2", "USD", "0.1")).collect();
    let accounts = [known(FIRST, date(2026, 10, 1), date(2026, 10, 31), tenths)];
    let shape = shape(date(2026, 9, 1), date(2026, 11, 1), Granularity::Month, GroupBy::Service);
    let series = SeriesByLabel::of(&accounts, &shape);
    assert_eq!(series.labels, [date(2026, 9, 1), date(2026, 10, 1)]);
    assert_eq!(amounts(&series), [("EC2".to_owned(), vec![None, some("1")])]);
    assert_eq!(series.incomplete.len(), 2, "of October the 31st is missing: {:?}", series.incomplete);
}

#[test]
fn currencies_are_never_added_and_what_cost_most_comes_first() {
    let day = date(2026, 11, 1);
    let rows = vec![row(day, "EC2", "USD", "1"), row(day, "EC2", "EUR", "3"), row(day, "S3", "USD", "2")];
    let accounts = [known(FIRST, day, date(2026, 11, 2), rows)];
    let series = SeriesByLabel::of(&accounts, &shape(day, date(2026, 11, 2), Granularity::Day, GroupBy::Service));
    let order: Vec<_> = series.series.iter().map(|series| (&*series.name, &*series.currency)).collect();
    assert_eq!(order, [("EC2", "EUR"), ("S3", "USD"), ("EC2", "USD")]);
    assert_eq!(series.total, None);
}

#[test]
fn an_account_of_which_nothing_is_known_is_missing_everywhere() {
    let (day, to) = (date(2026, 11, 1), date(2026, 11, 2));
    let failed = SeenAccount { id: AccountId::parse(SECOND).expect("12 digits"), name: None };
    let accounts = [known(FIRST, day, to, vec![row(day, "EC2", "USD", "1")]), (failed, None)];
    let series = SeriesByLabel::of(&accounts, &shape(day, to, Granularity::Day, GroupBy::Account));
    assert_eq!(amounts(&series), [(FIRST.to_owned(), vec![some("1")])]);
    assert_eq!(series.incomplete.iter().copied().collect::<Vec<_>>(), [day]);
}

#[test]
fn what_a_service_cost_is_unknown_where_an_account_is_and_no_zero() {
    let (day, next, to) = (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3));
    let first = known(FIRST, day, to, vec![row(day, "EC2", "USD", "1"), row(next, "S3", "USD", "2")]);
    let second = known(SECOND, day, next, Vec::new());
    let accounts = [first, second];
    let series = SeriesByLabel::of(&accounts, &shape(day, to, Granularity::Day, GroupBy::Service));
    let expected = [("S3".to_owned(), vec![some("0"), some("2")]), ("EC2".to_owned(), vec![some("1"), None])];
    assert_eq!(amounts(&series), expected, "the second account's next day may have had a charge");
    let by_account = SeriesByLabel::of(&accounts, &shape(day, to, Granularity::Day, GroupBy::Account));
    assert_eq!(amounts(&by_account), [(FIRST.to_owned(), vec![some("1"), some("2")])]);
}

#[test]
fn the_metric_is_the_one_that_is_asked_for_and_other_days_do_not_count() {
    let (day, to) = (date(2026, 11, 1), date(2026, 11, 2));
    let rows = vec![row(day, "EC2", "USD", "1"), row(to, "EC2", "USD", "100")];
    let accounts = [known(FIRST, day, date(2026, 11, 3), rows)];
    let shape = Shape { metric: Metric::Amortised, ..shape(day, to, Granularity::Day, GroupBy::Service) };
    assert_eq!(amounts(&SeriesByLabel::of(&accounts, &shape)), [("EC2".to_owned(), vec![some("2")])]);
}

#[rstest]
#[case("1200", "1200")]
#[case("12.3400000000", "12.34")]
#[case("-0.50", "-0.5")]
#[case("0.0000000000", "0")]
#[case("1E-7", "0.0000001")]
#[case("1.5E3", "1500")]
fn amounts_are_plain_decimals(#[case] amount: &str, #[case] expected: &str) {
    assert_eq!(text_of(&BigDecimal::from_str(amount).expect("a number")), expected);
}

#[rstest]
#[case("1E999999999")]
#[case("1E-999999999")]
#[case("twelve")]
#[case("")]
#[case("NaN")]
fn what_is_no_amount_of_money_is_refused(#[case] amount: &str) {
    let cost = format!(
        r#"{{"day":"2026-11-01","service":"EC2","currency":"USD","unblended":"{amount}","amortised":"1","estimated":true}}"#
    );
    let answer = format!(r#"{{"from":"2026-11-01","to":"2026-11-02","currency":"USD","costs":[{cost}]}}"#);
    assert_eq!(rows_of(answer.as_bytes()).expect_err("no amount").code(), Code::Internal);
}

#[rstest]
#[case(Some("2026-11-01"), None)]
#[case(None, Some("2026-11-01"))]
#[case(Some("2026-11-01"), Some("2026-11-01"))]
#[case(Some("2026-11-02"), Some("2026-11-01"))]
#[case(Some("2026-11-31"), Some("2026-12-01"))]
#[case(Some("2026-1-1"), Some("2026-12-01"))]
#[case(Some("20261101"), Some("2026-12-01"))]
#[case(Some("2001-01-01"), Some("2026-12-01"))]
#[case(Some("-000001-01-01"), Some("2026-12-01"))]
#[case(Some("2026-11-01T00:00:00Z"), Some("2026-12-01"))]
fn a_period_is_two_days_in_order(#[case] from: Option<&str>, #[case] to: Option<&str>) {
    assert_eq!(period_of_texts(from, to).expect_err("no period").code(), Code::InvalidPeriod);
}

#[test]
fn without_a_period_it_is_the_days_that_cost_explorer_is_asked_for() {
    let recent = recent("2026-01-31T23:59:59Z".parse().expect("a moment"));
    assert_eq!((recent.from, recent.to), (date(2025, 11, 1), date(2026, 2, 1)));
    assert_eq!(period_of_texts(None, None), Ok(None));
    let named = period_of_texts(Some("2026-10-01"), Some("2026-10-02")).expect("a period").expect("named");
    assert_eq!(days(named).collect::<Vec<_>>(), [date(2026, 10, 1)]);
}
