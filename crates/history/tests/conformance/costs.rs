use larder_history::{CostRow, CostSync, HistoryError, Metric, Mover, Period, What};
use rstest::rstest;

use crate::backends::Database;
use crate::samples::{ACCOUNT, OTHER, amount, at, check_sound, cost, cost_sync, day, outcome};

fn period(from: &str, to: &str) -> Period {
    Period { from: day(from), to: day(to) }
}

#[rstest]
#[tokio::test]
async fn costs_come_back_to_the_last_digit(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let all = period("2026-01-01", "2027-01-01");
    assert_eq!(history.costs(ACCOUNT, all).await.expect("answers"), None);
    let rows = [
        cost("2026-10-30", "Amazon Simple Queue Service", "0.000000800000000001"),
        cost("2026-10-31", "AWS Lambda", "-12.340000000000000001"),
        cost("2026-10-31", "EC2 - Other", "999999999999.999999999999999999"),
        CostRow { estimated: true, currency: "EUR".to_owned(), ..cost("2026-11-01", "EC2 - Other", "0") },
    ];
    let sync = cost_sync("2026-11-01T10:00:00Z", "2026-10-01", "2026-11-02", &rows);
    assert_eq!(history.store_costs(&sync).await.expect("they are kept"), outcome([4, 4, 0, 0]));
    assert_eq!(history.store_costs(&sync).await.expect("they are kept"), outcome([4, 0, 0, 0]));
    let kept = history.costs(ACCOUNT, all).await.expect("answers").expect("they are known");
    assert_eq!((kept.as_of, kept.rows.as_slice()), (sync.as_of, rows.as_slice()));
    assert_eq!(kept.known, [period("2026-10-01", "2026-11-02")]);
    let part = history.costs(ACCOUNT, period("2026-10-31", "2026-11-01")).await.expect("answers").expect("known");
    assert_eq!((part.rows.as_slice(), part.known), (&rows[1..3], vec![period("2026-10-31", "2026-11-01")]));
    let none = history.costs(ACCOUNT, period("2026-01-01", "2026-02-01")).await.expect("answers").expect("known");
    assert_eq!((none.rows.len(), none.known.len()), (0, 0), "nothing is known of days that nobody asked for");
    assert_eq!(history.costs(OTHER, all).await.expect("answers"), None);
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn a_sync_replaces_what_it_asked_for_and_nothing_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let first = [
        cost("2026-10-30", "A", "1"),
        cost("2026-10-31", "A", "2"),
        cost("2026-10-31", "B", "4"),
        cost("2026-11-01", "A", "8"),
    ];
    history.store_costs(&cost_sync("2026-11-02T00:00:00Z", "2026-10-01", "2026-11-02", &first)).await.expect("kept");
    // Of October's last day, B is told no more, A costs more, and in another currency; C is new.
    let euros = CostRow { currency: "EUR".to_owned(), ..cost("2026-10-31", "A", "2.5") };
    let second = [euros.clone(), cost("2026-10-31", "C", "0.1")];
    let sync = cost_sync("2026-11-03T00:00:00Z", "2026-10-31", "2026-11-01", &second);
    assert_eq!(history.store_costs(&sync).await.expect("they are kept"), outcome([2, 1, 1, 1]));
    assert_eq!(history.store_costs(&sync).await.expect("they are kept"), outcome([2, 0, 0, 0]));
    let kept = history.costs(ACCOUNT, period("2026-01-01", "2027-01-01")).await.expect("answers").expect("known");
    let nothing = CostRow { unblended: amount("0"), amortised: amount("0"), ..cost("2026-10-31", "B", "0") };
    let expected = [first[0].clone(), euros, nothing, second[1].clone(), first[3].clone()];
    assert_eq!(kept.rows, expected);

    let older = cost_sync("2026-11-02T23:00:00Z", "2026-10-01", "2026-11-02", &first);
    assert!(history.store_costs(&older).await.expect("it is recorded").superseded);
    let months = history.monthly_costs(&[], period("2026-10-01", "2026-12-01")).await.expect("answers");
    let told = |of: &larder_history::CostOfMonth| {
        (of.month.to_string(), of.service.clone(), of.currency.clone(), of.unblended.to_plain_string())
    };
    let expected = [
        ("2026-10-01", "A", "EUR", "2.5"),
        ("2026-10-01", "A", "USD", "1"),
        ("2026-10-01", "B", "USD", "0"),
        ("2026-10-01", "C", "USD", "0.1"),
        ("2026-11-01", "A", "USD", "8"),
    ];
    let expected: Vec<_> = expected.map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())).into();
    assert_eq!(months.iter().map(told).collect::<Vec<_>>(), expected);
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn sums_by_day_and_movers_are_exact(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let rows = [
        cost("2026-09-30", "A", "0.1"),
        cost("2026-10-01", "A", "0.2"),
        cost("2026-10-31", "A", "0.1"),
        cost("2026-10-31", "B", "5"),
        cost("2026-09-01", "B", "0.000000000000000001"),
        cost("2026-09-01", "C", "7"),
        cost("2026-09-02", "D", "1"),
        cost("2026-10-02", "D", "1"),
    ];
    let mine = cost_sync("2026-11-01T00:00:00Z", "2026-09-01", "2026-11-01", &rows);
    history.store_costs(&mine).await.expect("kept");
    history
        .store_costs(&CostSync { account: OTHER, from: day("2026-10-01"), rows: &rows[1..4], ..mine })
        .await
        .expect("kept");
    let days = history.daily_costs(&[], period("2026-10-01", "2026-11-01")).await.expect("answers");
    let told: Vec<_> = days
        .iter()
        .map(|cost| (cost.day.to_string(), cost.service.as_str(), cost.unblended.to_plain_string()))
        .collect();
    let expected =
        [("2026-10-01", "A", "0.4"), ("2026-10-02", "D", "1"), ("2026-10-31", "A", "0.2"), ("2026-10-31", "B", "10")];
    assert_eq!(told, expected.map(|(day, service, sum)| (day.to_owned(), service, sum.to_owned())));
    let one = history.daily_costs(&[OTHER.to_owned()], period("2026-10-31", "2026-11-01")).await.expect("answers");
    assert_eq!(
        one.iter().map(|cost| cost.amortised.to_plain_string()).collect::<Vec<_>>(),
        ["0.100000000000000001", "5.000000000000000001"]
    );

    let movers = history.movers(&[], day("2026-10-17"), Metric::Unblended, 9).await.expect("answers");
    let mover = |service: &str, cost, before| Mover {
        account: ACCOUNT.to_owned(),
        service: service.to_owned(),
        currency: "USD".to_owned(),
        cost: amount(cost),
        before: amount(before),
        through: day("2026-10-31"),
    };
    let expected = [mover("C", "0", "7"), mover("B", "5", "0.000000000000000001"), mover("A", "0.3", "0.1")];
    assert_eq!(movers, expected, "and nothing of an account whose month before is unknown");
    assert_eq!(history.movers(&[], day("2026-10-17"), Metric::Unblended, 1).await.expect("answers").len(), 1);
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn a_part_of_a_month_moves_against_the_same_days(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let rows = [
        cost("2026-01-05", "A", "1"),
        cost("2026-01-06", "A", "100"),
        cost("2026-02-05", "A", "3"),
        cost("2026-02-06", "A", "50"),
        cost("2026-02-28", "A", "7"),
        cost("2026-03-01", "A", "4"),
        cost("2026-03-29", "A", "1"),
    ];
    // Of the day on which AWS is asked, only a part is known.
    let mine = cost_sync("2026-02-06T15:00:00Z", "2026-01-01", "2026-02-07", &rows[..4]);
    history.store_costs(&mine).await.expect("kept");
    let whole = cost_sync("2026-03-30T00:00:00Z", "2026-01-01", "2026-03-31", &rows);
    history.store_costs(&CostSync { account: OTHER, ..whole }).await.expect("kept");
    let known: Vec<_> =
        history.known_costs(&[]).await.expect("answers").into_iter().map(|known| (known.account, known.days)).collect();
    let (of_mine, of_other) = (period("2026-01-01", "2026-02-06"), period("2026-01-01", "2026-03-30"));
    assert_eq!(known, [(ACCOUNT.to_owned(), of_mine), (OTHER.to_owned(), of_other)]);
    let movers = async |month| {
        let movers = history.movers(&[], day(month), Metric::Unblended, 9).await.expect("answers").into_iter();
        let told = movers.map(|it| (it.account, it.cost.to_string(), it.before.to_string(), it.through.to_string()));
        told.collect::<Vec<_>>()
    };
    let told = |account: &str, cost: &str, before: &str, through: &str| {
        (account.to_owned(), cost.to_owned(), before.to_owned(), through.to_owned())
    };
    let expected = [told(OTHER, "60", "101", "2026-02-28"), told(ACCOUNT, "3", "1", "2026-02-05")];
    assert_eq!(movers("2026-02-01").await, expected);
    // February has fewer days than March through its 29th: all of them.
    assert_eq!(movers("2026-03-01").await, [told(OTHER, "5", "60", "2026-03-29")]);
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn what_is_kept_is_as_old_as_the_oldest_account(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    assert_eq!(history.as_of(&[], What::Costs).await.expect("answers"), None);
    for (account, as_of) in [(ACCOUNT, "2026-10-02T00:00:00Z"), (OTHER, "2026-10-03T00:00:00Z")] {
        let sync = cost_sync(as_of, "2026-10-01", "2026-10-02", &[]);
        history.store_costs(&CostSync { account, ..sync }).await.expect("kept");
    }
    assert_eq!(history.as_of(&[], What::Costs).await.expect("answers"), Some(at("2026-10-02T00:00:00Z")));
    let other = [OTHER.to_owned()];
    assert_eq!(history.as_of(&other, What::Costs).await.expect("answers"), Some(at("2026-10-03T00:00:00Z")));
    let what = What::Resources(larder_history::Kind::Image);
    assert_eq!(history.as_of(&[], what).await.expect("answers"), None);
}

#[rstest]
#[case::too_fine("2026-10-01", "0.0000000000000000001", "0.0000000000000000001")]
#[case::too_large("2026-10-01", "1000000000000000", "1000000000000000")]
#[case::not_asked_for("2026-09-30", "1", "2026-09-30")]
#[tokio::test]
async fn an_amount_that_does_not_fit_is_named_and_nothing_is_kept(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] on: &str,
    #[case] unblended: &str,
    #[case] named: &str,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let rows = [cost("2026-10-02", "A", "1"), CostRow { unblended: amount(unblended), ..cost(on, "B", "1") }];
    let refused = history.store_costs(&cost_sync("2026-11-01T00:00:00Z", "2026-10-01", "2026-11-01", &rows)).await;
    let Err(HistoryError::Invalid(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains(&amount_or(named)), "{why}");
    assert_eq!(history.costs(ACCOUNT, period("2026-01-01", "2027-01-01")).await.expect("answers"), None);
}

/// A number as it is told, or another text.
fn amount_or(text: &str) -> String {
    text.parse::<bigdecimal::BigDecimal>().map_or_else(|_| text.to_owned(), |amount| amount.to_string())
}
