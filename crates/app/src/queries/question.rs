use std::collections::BTreeSet;

use larder_sources::{AccountId, DataType, Region};

use super::names::account_of_text;
use crate::problem::{Code, Problem};
use crate::{ChosenRegions, Principal};

/// What is asked, as the caller wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Which kind of question.
    pub data_type: &'static DataType,
    /// A region, several with commas between them, or `all`. Required where the data type has a region, ignored where
    /// it has none.
    pub region: Option<&'a str>,
    /// The own account where absent, ignored where the data type has none.
    pub account: Option<&'a str>,
}

/// A question whose parts are valid and permitted.
pub(super) struct Asked {
    pub(super) regions: RegionsAsked,
    pub(super) account: AccountAsked,
}

/// The regions that a question names.
pub(super) enum RegionsAsked {
    /// The data type has none.
    Without,
    One(Region),
    /// More than one, once each.
    These(BTreeSet<Region>),
    /// Those that the account may use and that have the service.
    All,
}

/// The account that a question names.
pub(super) enum AccountAsked {
    /// The answer is the same for every account.
    Without,
    /// None, which means the own one.
    Own,
    Named(AccountId),
}

impl Question<'_> {
    /// Whether it names several regions or all of them, so that it is answered by region.
    pub(crate) fn names_several_regions(&self) -> bool {
        let named = self.region.filter(|_| self.data_type.scope.has_region()).map(regions_of_text);
        matches!(named, Some(Ok(RegionsAsked::These(_) | RegionsAsked::All)))
    }

    /// Authorises by what the question names, then validates all of it.
    ///
    /// # Errors
    /// A [`Problem`] that says what is wrong, or not permitted.
    pub(super) fn check(&self, principal: &Principal) -> Result<Asked, Problem> {
        let rule = self.data_type.scope;
        let account = self.account.filter(|_| rule.has_account());
        if rule.has_account() {
            principal.check_some_account()?;
        }
        if let Some(named) = account.and_then(AccountId::parse) {
            principal.check_account(&named)?;
        }
        let regions = match (rule.has_region(), self.region) {
            (false, _) => RegionsAsked::Without,
            (true, Some(text)) => regions_of_text(text)?,
            (true, None) => return Err(missing_region(self.data_type)),
        };
        let account = match account.map(account_of_text).transpose()? {
            Some(named) => AccountAsked::Named(named),
            None if rule.has_account() => AccountAsked::Own,
            None => AccountAsked::Without,
        };
        Ok(Asked { regions, account })
    }
}

impl RegionsAsked {
    /// One of them, for who has to be asked near.
    pub(super) fn first(&self) -> Option<Region> {
        match self {
            Self::One(region) => Some(*region),
            Self::These(regions) => regions.first().copied(),
            Self::Without | Self::All => None,
        }
    }
}

fn regions_of_text(text: &str) -> Result<RegionsAsked, Problem> {
    let regions = match ChosenRegions::of_names(text.split(','))? {
        ChosenRegions::All => return Ok(RegionsAsked::All),
        ChosenRegions::These(regions) => regions,
    };
    match regions.first() {
        Some(one) if regions.len() == 1 => Ok(RegionsAsked::One(*one)),
        _ => Ok(RegionsAsked::These(regions)),
    }
}

fn missing_region(data_type: &DataType) -> Problem {
    let detail = format!(
        "{} is asked by region: name one, such as region us-east-1, several with commas between them, or {}.",
        data_type.name,
        ChosenRegions::ALL
    );
    Problem::new(Code::MissingRegion, detail)
}
