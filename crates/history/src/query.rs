use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;

/// Days from `from` on, without `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
}

/// What a service cost an account in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostOfMonth {
    /// The first day of the month.
    pub month: Date,
    /// 12 digits.
    pub account: String,
    /// As Cost Explorer names it.
    pub service: String,
    /// ISO 4217.
    pub currency: String,
    /// As billed.
    pub unblended: BigDecimal,
    /// Spread over the days that it is for.
    pub amortised: BigDecimal,
}

/// What a service cost on a day, in all accounts asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostOfDay {
    /// In UTC.
    pub day: Date,
    /// As Cost Explorer names it.
    pub service: String,
    /// ISO 4217.
    pub currency: String,
    /// As billed.
    pub unblended: BigDecimal,
    /// Spread over the days that it is for.
    pub amortised: BigDecimal,
}

/// Days of which all costs of an account are known: each was over when AWS was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCosts {
    /// 12 digits.
    pub account: String,
    /// The days.
    pub days: Period,
}

/// A service whose cost moved from one month to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// 12 digits.
    pub account: String,
    /// As Cost Explorer names it.
    pub service: String,
    /// ISO 4217.
    pub currency: String,
    /// What it cost in the month.
    pub cost: BigDecimal,
    /// What it cost in the month before.
    pub before: BigDecimal,
    /// The last day of the month that counts. Of the month before as many days do, or all where the month is whole.
    pub through: Date,
}

/// By what instances are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// `running`, `stopped`, …
    State,
    /// `m7g.large`, …
    InstanceType,
    /// `us-east-1`, …
    Region,
}

/// How many instances there were at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountOfInstances {
    /// The moment.
    pub at: Timestamp,
    /// The state, type or region; absent where it was not told.
    pub value: Option<String>,
    /// How many.
    pub count: u64,
}

/// A snapshot whose volume is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotWithoutVolume {
    /// 12 digits.
    pub account: String,
    /// By name.
    pub region: String,
    /// `snap-…`
    pub snapshot_id: String,
    /// The volume that it was made of.
    pub volume_id: Option<String>,
    /// The volume's size in GiB.
    pub volume_size: Option<i64>,
    /// When it was begun.
    pub start_time: Option<Timestamp>,
}

/// An instance that is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedInstance {
    /// 12 digits.
    pub account: String,
    /// By name.
    pub region: String,
    /// `i-…`
    pub instance_id: String,
    /// Its tag `Name`.
    pub name: Option<String>,
    /// Since when at the latest: what AWS said, else when a sync first found it stopped.
    pub stopped_since: Timestamp,
    /// Whether AWS said so; else it may have been stopped for longer.
    pub told_by_aws: bool,
}
