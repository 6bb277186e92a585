//! What the fleet's accounts are charged, day by day.

mod amount;
mod service;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

pub use amount::Amount;
use service::{Ahead, JUMPING, SERVICES, Service};

use crate::fleet::{AccountId, Fleet};
use crate::lives::draw;

/// What a service that jumps costs in its month, in millionths of what it costs else.
const JUMPED: i128 = 2_700_000;
/// What every account but the first is charged, in millionths of what that is.
const SMALLER: i128 = 210_000;

/// What each account is charged: in US dollars, at any time after 1970, as it follows from the seed. Working days cost
/// more than others, the first of a month has charges of its own, in each month one service costs much more than it
/// does else, and what is a day old is not whole yet.
#[derive(Debug)]
pub struct Costs {
    seed: u64,
    accounts: Vec<AccountId>,
}

/// What an account is charged for a service on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// As Cost Explorer calls it.
    pub service: &'static str,
    /// What is charged on that day.
    pub unblended: Amount,
    /// The same with what is reserved spread over its month.
    pub amortised: Amount,
}

impl Costs {
    /// Those of a fleet's accounts.
    #[must_use]
    pub fn generate(seed: u64, fleet: &Fleet) -> Self {
        Self { seed, accounts: fleet.accounts().iter().map(|account| account.id().clone()).collect() }
    }

    /// What Cost Explorer knows at the moment `now` of a day, by service; services that cost nothing are not there. Of a
    /// day that has not come there is nothing, and so of an account that the fleet does not have.
    #[must_use]
    pub fn on(&self, account: &AccountId, day: Date, now: Timestamp) -> Vec<Charge> {
        let Some(place) = self.accounts.iter().position(|own| own == account) else { return Vec::new() };
        let known = known(day, now);
        let used = SERVICES.iter().filter(|service| place < service.accounts && known > 0);
        let charges = used.map(|service| {
            let scale = if place == 0 { 1_000_000 } else { SMALLER };
            self.charge(service, (account, scale), day, known)
        });
        charges.filter(|charge| charge.unblended + charge.amortised != Amount::default()).collect()
    }

    /// Whether what is told of a day at a moment may still change: today's and yesterday's.
    #[must_use]
    pub fn is_estimated(day: Date, now: Timestamp) -> bool {
        today(now).yesterday().is_ok_and(|yesterday| day >= yesterday)
    }

    /// The service that costs much more than else in the month of a day.
    #[must_use]
    pub fn jumping(&self, account: &AccountId, day: Date) -> &'static str {
        let number = draw(self.seed, (account, day.first_of_month(), "jump"));
        JUMPING[usize::try_from(number % JUMPING.len() as u64).unwrap_or_default()]
    }

    fn charge(&self, service: &Service, (account, scale): (&AccountId, i128), day: Date, known: i128) -> Charge {
        // Between 0.94 and 1.06.
        let chance = 940_000 + i128::from(draw(self.seed, (account, service.name, day)) % 120_001);
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let share = if weekend { service.weekend * 10_000 } else { 1_000_000 };
        let jumps = self.jumping(account, day) == service.name;
        let factors = [scale, chance, share, if jumps { JUMPED } else { 1_000_000 }, known];
        let used = factors.into_iter().fold(service.daily, Amount::millionths);
        let monthly = service.monthly.millionths(scale);
        let whole = if day.day() == 1 { monthly } else { Amount::default() };
        let amortised = match service.ahead {
            Ahead::Spread => monthly.millionths(1_000_000 / i128::from(day.days_in_month())),
            Ahead::Not => whole,
        };
        Charge { service: service.name, unblended: used + whole, amortised: used + amortised }
    }
}

/// How much of a day's use is known at a moment, in millionths: of today's what Cost Explorer has worked out every six
/// hours, of yesterday's almost all.
fn known(day: Date, now: Timestamp) -> i128 {
    let today = today(now);
    match day {
        day if day > today => 0,
        day if day == today => i128::from(now.to_zoned(TimeZone::UTC).hour() / 6) * 250_000,
        day if today.yesterday().ok() == Some(day) => 985_000,
        _ => 1_000_000,
    }
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
