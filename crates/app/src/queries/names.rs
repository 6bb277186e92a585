use larder_sources::{AccountId, DataType, Region};

use crate::nearest::nearest;
use crate::problem::{Code, Problem, quoted};

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
