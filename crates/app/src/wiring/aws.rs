use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::connections::Connections;
use crate::configuration::variables;

const PROFILE: &str = "AWS_PROFILE";

/// The SDK's own configuration: its variables, profiles and single sign-on, as with every other AWS tool. All clients
/// share its connections, and nothing is prepared for them before the first request.
pub async fn ambient_aws() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).http_client(Connections::default()).load().await
}

/// The profile that is chosen by `AWS_PROFILE`.
#[must_use]
pub fn chosen_profile() -> Option<String> {
    variables().into_iter().find(|(name, value)| name == PROFILE && !value.is_empty()).map(|(_, profile)| profile)
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
