use std::collections::BTreeSet;
use std::fmt;

use larder_sources::Region;

use crate::problem::{Code, Problem};
use crate::queries::region_of_text;

/// The regions that somebody named, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChosenRegions {
    /// Those that an account may use.
    All,
    /// These.
    These(BTreeSet<Region>),
}

impl ChosenRegions {
    /// The name that stands for every region that an account may use.
    pub const ALL: &'static str = "all";

    /// The regions of those names; spaces around a name don't count.
    ///
    /// # Errors
    /// [`Code::UnknownRegion`] for a name that is none, saying what would be right, and for `all` beside others.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Problem> {
        let names: Vec<_> = names.into_iter().map(str::trim).collect();
        if names == [Self::ALL] {
            return Ok(Self::All);
        }
        let regions = names.into_iter().map(|name| match name {
            Self::ALL => Err(Problem::new(Code::UnknownRegion, "all is every region: name it alone, or not at all.")),
            name => region_of_text(name),
        });
        regions.collect::<Result<_, _>>().map(Self::These)
    }
}

/// As a question names them: `all`, or with commas between them.
impl fmt::Display for ChosenRegions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str(Self::ALL),
            Self::These(regions) => {
                f.write_str(&regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<String, String> {
        ChosenRegions::of_names(text.split(','))
            .map(|chosen| chosen.to_string())
            .map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn each_region_is_named_once_and_all_stands_alone() {
        assert_eq!(said("us-west-2, us-east-1,us-west-2").as_deref(), Ok("us-east-1,us-west-2"));
        assert_eq!(ChosenRegions::of_names(["all"]), Ok(ChosenRegions::All));
        assert_eq!(said("all").as_deref(), Ok("all"));
        let both = said("us-east-1,all").expect_err("which of the two is meant is anyone's guess");
        assert!(both.contains("name it alone"), "{both}");
        let slip = said("us-esat-1").expect_err("there is none");
        assert!(slip.contains("Did you mean us-east-1?"), "{slip}");
        assert!(said("us-east-1,").is_err());
    }
}
