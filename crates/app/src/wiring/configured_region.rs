use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use larder_sources::Region;

use crate::configuration::variables;
use crate::problem::{Code, Problem};
use crate::queries::region_of_text;

const VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The region that is asked where none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredRegion {
    /// As it is written there, which may be no region's name.
    pub name: String,
    /// What says so: a variable, or the profile.
    pub source: &'static str,
}

/// The region of the environment, else the profile's. The SDK's own default would also ask for the region of a virtual
/// machine, which a laptop waits for in vain.
pub async fn configured_region() -> Option<ConfiguredRegion> {
    match of_environment(&variables()) {
        Some(region) => Some(region),
        None => {
            let region = ProfileFileRegionProvider::new().region().await?;
            Some(ConfiguredRegion { name: region.to_string(), source: "region of the AWS profile" })
        }
    }
}

/// Its name alone.
pub async fn ambient_region() -> Option<String> {
    configured_region().await.map(|configured| configured.name)
}

impl ConfiguredRegion {
    /// The region itself.
    ///
    /// # Errors
    /// [`Code::UnknownRegion`] if there is none of that name, saying what names it.
    pub fn region(&self) -> Result<Region, Problem> {
        region_of_text(&self.name)
            .map_err(|problem| Problem::new(Code::UnknownRegion, format!("{}: {}", self.source, problem.detail())))
    }
}

/// An empty variable counts as absent.
fn of_environment(environment: &[(String, String)]) -> Option<ConfiguredRegion> {
    VARIABLES.into_iter().find_map(|source| {
        let (_, name) = environment.iter().find(|(name, value)| name == source && !value.is_empty())?;
        Some(ConfiguredRegion { name: name.clone(), source })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(of: &[(&str, &str)]) -> Option<ConfiguredRegion> {
        let variables: Vec<_> = of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        of_environment(&variables)
    }

    #[test]
    fn an_empty_variable_names_no_region() {
        let region = |of: &[(&str, &str)]| configured(of).map(|configured| configured.name);
        let (first, second) = (("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "eu-west-1"));
        assert_eq!(region(&[second, first]).as_deref(), Some("us-east-1"));
        assert_eq!(region(&[("AWS_REGION", ""), second]).as_deref(), Some("eu-west-1"));
        assert_eq!(region(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")]), None);
    }

    #[test]
    fn what_names_no_region_is_told_with_its_source() {
        let wrong = configured(&[("AWS_DEFAULT_REGION", "us-esat-1")]).expect("it is set");
        let problem = wrong.region().expect_err("there is none");
        assert!(problem.detail().starts_with("AWS_DEFAULT_REGION: "), "{problem:?}");
        assert!(problem.detail().contains("Did you mean us-east-1?"), "{problem:?}");
        let right = configured(&[("AWS_REGION", "us-east-1")]).expect("it is set");
        assert_eq!(right.region().map(Region::name), Ok("us-east-1"));
    }
}
