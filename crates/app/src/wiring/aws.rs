use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::configuration::variables;

const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The SDK's own configuration: its variables, profiles and single sign-on, as with every other AWS tool.
pub async fn ambient_aws() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

/// The region of the environment, else the profile's. The SDK's own default would also ask for the region of a virtual
/// machine, which a laptop waits for in vain.
pub async fn ambient_region() -> Option<String> {
    match region_of(&variables()) {
        Some(region) => Some(region),
        None => ProfileFileRegionProvider::new().region().await.map(|region| region.to_string()),
    }
}

/// The endpoints that stand in for AWS's own; none where AWS itself is asked.
pub async fn endpoint_overrides() -> Vec<String> {
    // Any region does: without one, the SDK would look for it.
    let region = Region::from_static("us-east-1");
    larder_sources::endpoint_overrides(&aws_config::defaults(BehaviorVersion::latest()).region(region).load().await)
}

/// One endpoint for every service and one pair of keys, whatever the environment or a profile say.
#[must_use]
pub fn fixed_aws(endpoint: &str, region: &str, access_key_id: &str, secret_access_key: &str) -> SdkConfig {
    let credentials = Credentials::from_keys(access_key_id, secret_access_key, None);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// An empty variable counts as absent.
fn region_of(environment: &[(String, String)]) -> Option<String> {
    let value = |wanted: &str| environment.iter().find(|(name, value)| name == wanted && !value.is_empty());
    REGION_VARIABLES.into_iter().find_map(value).map(|(_, region)| region.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_names_no_region() {
        let region = |of: &[(&str, &str)]| {
            let variables: Vec<_> = of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            region_of(&variables)
        };
        let (first, second) = (("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "eu-west-1"));
        assert_eq!(region(&[second, first]).as_deref(), Some("us-east-1"));
        assert_eq!(region(&[("AWS_REGION", ""), second]).as_deref(), Some("eu-west-1"));
        assert_eq!(region(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")]), None);
    }
}
