use larder_cache::{Account, Key};
use larder_sources::{AccountId, DataType, Region, Scope};

use super::Question;
use crate::Principal;
use crate::nearest::nearest;
use crate::problem::{Code, Problem, quoted};

/// The partition of a data type without a region.
const COMMERCIAL: &str = "aws";

/// A question whose parts are valid.
pub(super) enum Asked {
    /// The same answer for every account.
    OfNoAccount { region: Option<Region> },
    /// The answer of one account, the own one if none is named.
    OfAccount { region: Option<Region>, account: Option<AccountId> },
}

impl Asked {
    /// Authorises by what the question names, then validates all of it.
    pub(super) fn check(principal: &Principal, question: &Question<'_>) -> Result<Self, Problem> {
        let rule = question.data_type.scope;
        let account = question.account.filter(|_| rule.has_account());
        if rule.has_account() {
            principal.check_some_account()?;
        }
        if let Some(named) = account.and_then(AccountId::parse) {
            principal.check_account(&named)?;
        }
        let region = match (rule.has_region(), question.region) {
            (false, _) => None,
            (true, Some(text)) => Some(region_of_text(text)?),
            (true, None) => return Err(missing_region(question.data_type)),
        };
        let account = account.map(account_of_text).transpose()?;
        if rule.has_account() { Ok(Self::OfAccount { region, account }) } else { Ok(Self::OfNoAccount { region }) }
    }

    /// The scope, now that the account is known.
    pub(super) fn scope(self, account: Option<AccountId>) -> Scope {
        let (Self::OfNoAccount { region } | Self::OfAccount { region, .. }) = self;
        Scope { region, account }
    }
}

/// The region of that name.
///
/// # Errors
/// [`Code::UnknownRegion`] for other text, saying what would be right.
pub fn region_of_text(text: &str) -> Result<Region, Problem> {
    Region::parse(text).ok_or_else(|| {
        let near = nearest(text, Region::all().iter().map(|region| region.name()));
        let near = near.map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        Problem::new(Code::UnknownRegion, format!("{} is not an AWS region.{near}", quoted(text)))
    })
}

/// The account of those digits.
///
/// # Errors
/// [`Code::InvalidAccount`] for other text, saying what would be right.
pub fn account_of_text(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).ok_or_else(|| {
        Problem::new(Code::InvalidAccount, format!("{} is not an account: that is 12 digits, 0 to 9.", quoted(text)))
    })
}

/// The data type of that name.
///
/// # Errors
/// [`Code::UnknownDataType`] for other text, saying what would be right.
pub fn data_type_of_text(text: &str) -> Result<&'static DataType, Problem> {
    larder_sources::data_type(text).ok_or_else(|| {
        let known: Vec<_> = larder_sources::DATA_TYPES.iter().map(|row| row.name).collect();
        let detail = format!("{} is not a data type. There are {}.", quoted(text), known.join(", "));
        Problem::new(Code::UnknownDataType, detail).with("known", known)
    })
}

/// The key of an answer.
pub(super) fn key_of(data_type: &DataType, scope: &Scope) -> Result<Key, Problem> {
    let scope = larder_cache::Scope {
        partition: scope.region.map_or(COMMERCIAL, Region::partition).to_owned(),
        region: scope.region.map(|region| region.name().to_owned()),
        account: scope.account.as_ref().map_or(Account::Global, |account| Account::Id(account.to_string())),
    };
    Key::new(data_type.name, scope).map_err(|error| Problem::new(Code::Internal, error.to_string()))
}

fn missing_region(data_type: &DataType) -> Problem {
    let detail = format!("{} is asked by region: name one, such as region us-east-1.", data_type.name);
    Problem::new(Code::MissingRegion, detail)
}
