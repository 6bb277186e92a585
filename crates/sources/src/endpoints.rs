use aws_config::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// The services that are asked, by the names that the SDK gives them in variables and profiles.
const SERVICE_IDS: [&str; 7] = ["CloudTrail", "Cost Explorer", "EC2", "IAM", "STS", "Service Quotas", "drs"];
const VARIABLE: &str = "AWS_ENDPOINT_URL";
const PROFILE_KEY: &str = "endpoint_url";

/// The endpoints that stand in for AWS's own, as `service=url`: from `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`,
/// a profile's `endpoint_url` or its `services` section, as the SDK itself finds them. Empty where AWS itself is asked.
#[must_use]
pub fn endpoint_overrides(config: &SdkConfig) -> Vec<String> {
    let of_service = |id: &str| {
        let key = ServiceConfigKey::builder().service_id(id).env(VARIABLE).profile(PROFILE_KEY).build().ok()?;
        config.service_config().and_then(|services: &dyn LoadServiceConfig| services.load_config(key))
    };
    let of_all = config.endpoint_url();
    let overrides = SERVICE_IDS.iter().filter_map(|id| {
        let url = of_service(id).or_else(|| of_all.map(str::to_owned)).filter(|url| !url.is_empty())?;
        Some(format!("{id}={url}"))
    });
    overrides.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Ec2Only;

    impl LoadServiceConfig for Ec2Only {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            (key.service_id() == "EC2").then(|| "http://emulator".to_owned())
        }
    }

    #[test]
    fn each_service_has_its_own_endpoint_or_that_of_all() {
        let of = |config: aws_types::sdk_config::Builder| endpoint_overrides(&config.build());
        assert_eq!(of(SdkConfig::builder()), [] as [&str; 0]);
        assert_eq!(of(SdkConfig::builder().service_config(Ec2Only)), ["EC2=http://emulator"]);
        let both = of(SdkConfig::builder().service_config(Ec2Only).endpoint_url("http://all"));
        let others = ["IAM=http://all", "STS=http://all", "Service Quotas=http://all", "drs=http://all"];
        assert_eq!(
            both,
            [&["CloudTrail=http://all", "Cost Explorer=http://all", "EC2=http://emulator"][..], &others].concat()
        );
    }
}
