//! The data types and accounts through the real SDK and a socket, against the generated fleet of the stand-in.

mod accounts;
mod data_types;
mod inventory_and_costs;
mod recorded;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use larder_sources::{AccountId, Aws, FetchError, Region, Scope, data_type};
use larder_standin::{Account, Config, Handle, Standin};
use serde_json::Value;

async fn standin() -> Handle {
    Standin::start(Config::default()).await.expect("a free port")
}

fn config(url: String, account: &Account) -> SdkConfig {
    let credentials = Credentials::new(account.access_key_id(), account.secret_access_key(), None, None, "standin");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build()
}

fn aws(url: String, account: &Account) -> Aws {
    Aws::new(config(url, account))
}

async fn fetch(aws: &Aws, name: &str, region: &str, account: &Account) -> Result<Value, FetchError> {
    let scope = Scope { region: Region::parse(region), account: AccountId::parse(account.id().as_str()) };
    let json = data_type(name).expect("a row").fetch(aws, &scope).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}
