//! What of AWS's own settings the program acts on before it asks the SDK. Larder's are read by its configuration, and
//! all others of AWS by the SDK.

use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, Region};

const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// An endpoint of one service, whose name follows; the SDK tells that of all services, which a profile may have too.
const SERVICE_ENDPOINT_PREFIX: &str = "AWS_ENDPOINT_URL_";
const IGNORE_ENDPOINTS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// The region of the environment, else the profile's. The SDK's own default would also ask for the region of a virtual
/// machine, which a laptop waits for in vain.
pub(crate) async fn region() -> Option<String> {
    match region_of(&environment()) {
        Some(region) => Some(region),
        None => ProfileFileRegionProvider::new().region().await.map(|region| region.to_string()),
    }
}

/// The endpoints that stand in for AWS's own, in a fixed order.
pub(crate) async fn endpoint_overrides() -> Vec<String> {
    // Any region does: without one, the SDK would look for it.
    let region = Region::from_static("us-east-1");
    let aws = aws_config::defaults(BehaviorVersion::latest()).region(region).load().await;
    overrides_of(aws.endpoint_url(), &environment())
}

fn environment() -> Vec<(String, String)> {
    // As lossy as the configuration's own reading: a variable that is no text is never one of ours.
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect()
}

/// An empty variable counts as absent.
fn region_of(environment: &[(String, String)]) -> Option<String> {
    let value = |wanted: &str| environment.iter().find(|(name, value)| name == wanted && !value.is_empty());
    REGION_VARIABLES.into_iter().find_map(value).map(|(_, region)| region.clone())
}

fn overrides_of(of_all: Option<&str>, environment: &[(String, String)]) -> Vec<String> {
    let ignored =
        environment.iter().any(|(name, value)| name == IGNORE_ENDPOINTS && value.eq_ignore_ascii_case("true"));
    let of_services = environment.iter().filter(|(name, value)| {
        !ignored
            && name.len() > SERVICE_ENDPOINT_PREFIX.len()
            && name.starts_with(SERVICE_ENDPOINT_PREFIX)
            && !value.is_empty()
    });
    let of_services = of_services.map(|(name, value)| format!("{name}={value}"));
    let of_all = of_all.filter(|url| !url.is_empty()).map(|url| format!("AWS_ENDPOINT_URL={url}"));
    let mut overrides: Vec<_> = of_all.into_iter().chain(of_services).collect();
    overrides.sort();
    overrides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_empty_variable_names_no_region() {
        let region = |of: &[(&str, &str)]| region_of(&variables(of));
        let (first, second) = (("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "eu-west-1"));
        assert_eq!(region(&[second, first]).as_deref(), Some("us-east-1"));
        assert_eq!(region(&[("AWS_REGION", ""), second]).as_deref(), Some("eu-west-1"));
        assert_eq!(region(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")]), None);
    }

    #[test]
    fn every_endpoint_that_is_in_effect_counts_whatever_their_order() {
        let (ec2, drs) = (("AWS_ENDPOINT_URL_EC2", "http://a"), ("AWS_ENDPOINT_URL_DRS", "http://b"));
        let all = overrides_of(Some("http://c"), &variables(&[ec2, drs, ("HOME", "/home/ann")]));
        let expected = ["AWS_ENDPOINT_URL=http://c", "AWS_ENDPOINT_URL_DRS=http://b", "AWS_ENDPOINT_URL_EC2=http://a"];
        assert_eq!(all, expected);
        assert_eq!(overrides_of(Some("http://c"), &variables(&[drs, ec2])), expected);
        let none = [("AWS_ENDPOINT_URL_EC2", ""), ("AWS_PROFILE", "x")];
        assert!(overrides_of(None, &variables(&none)).is_empty());
        assert!(overrides_of(None, &variables(&[ec2, (IGNORE_ENDPOINTS, "true")])).is_empty());
    }
}
