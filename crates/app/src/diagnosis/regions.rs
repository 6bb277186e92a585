use std::collections::BTreeSet;

use bytes::Bytes;
use larder_sources::{FetchError, Region, usable_regions};

use crate::ChosenRegions;

/// Why these regions were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionsFrom {
    /// They were named.
    Named,
    /// The account may use them.
    Usable,
    /// It is not known which the account may use, so it is the configured one.
    Configured,
    /// It is not known which the account may use, and none is configured.
    Unknown,
}

/// The regions of one account: those that are asked, and those among them that it may not use.
pub(super) struct Regions {
    pub(super) asked: BTreeSet<Region>,
    pub(super) not_enabled: BTreeSet<Region>,
    pub(super) from: RegionsFrom,
}

impl Regions {
    /// What is to be asked, by what AWS said of the account's regions.
    pub(super) fn of(asked: &ChosenRegions, configured: Option<Region>, answer: &Result<Bytes, FetchError>) -> Self {
        let usable = answer.as_ref().ok().and_then(|answer| usable_regions(answer).ok());
        let usable: Option<BTreeSet<_>> = usable.map(|usable| usable.known.into_iter().collect());
        let (asked, from) = match (asked, &usable, configured) {
            (ChosenRegions::These(named), ..) => (named.clone(), RegionsFrom::Named),
            (ChosenRegions::All, Some(usable), _) => (usable.clone(), RegionsFrom::Usable),
            (ChosenRegions::All, None, Some(configured)) => (BTreeSet::from([configured]), RegionsFrom::Configured),
            (ChosenRegions::All, None, None) => (BTreeSet::new(), RegionsFrom::Unknown),
        };
        let not_enabled = usable.map(|usable| asked.difference(&usable).copied().collect()).unwrap_or_default();
        Self { asked, not_enabled, from }
    }
}
