use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use larder_sources::{AccountEntry, AccountId, Accounts, Aws, ConfiguredAccounts, Region, Scope, data_type};
use larder_standin::{Account, Config, Handle, Standin};
use larder_tests::Moto;
use serde_json::Value;

/// Whose resources are compared, and where.
pub(crate) const REGION: &str = "us-east-1";

/// Both emulators, and clients of the same account in each. moto gives any account to whoever assumes a role of it.
pub(crate) struct Pair {
    pub(crate) standin: Handle,
    pub(crate) moto: Moto,
    pub(crate) ours: Arc<Aws>,
    pub(crate) theirs: Arc<Aws>,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        let standin = Standin::start(Config::default()).await.expect("a free port");
        let moto = Moto::start().await.expect("moto is installed");
        let account = standin.fleet().accounts()[0].clone();
        let ours = Arc::new(Aws::new(config(&standin.url(), account.access_key_id())));
        let theirs = accounts(config(moto.endpoint_url(), "test"), &account);
        let theirs = theirs.aws_of(&id(&account), None).await.expect("it has a role");
        Self { standin, moto, ours, theirs }
    }

    /// The account whose resources are compared.
    pub(crate) fn account(&self) -> &Account {
        &self.standin.fleet().accounts()[0]
    }

    /// The answers to one question: the stand-in's, with moto's names for its resources, and moto's. Both lists are in
    /// the order of these.
    pub(crate) async fn ask(&self, name: &str, names: &BTreeMap<String, String>) -> [Value; 2] {
        let list = data_type(name).and_then(|row| row.list).expect("a list");
        let mut answers = [
            translated(fetch(&self.ours, name, self.account()).await, names),
            fetch(&self.theirs, name, self.account()).await,
        ];
        for answer in &mut answers {
            let items = answer[list.member].as_array_mut().expect("a list");
            items.sort_by_key(|item| item[list.id].to_string());
        }
        answers
    }
}

pub(crate) fn config(url: &str, access_key_id: &str) -> SdkConfig {
    let credentials = Credentials::new(access_key_id, "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(aws_config::Region::new(REGION))
        .endpoint_url(url)
        .build()
}

/// Accounts of these credentials, with the role of that one.
pub(crate) fn accounts(config: SdkConfig, account: &Account) -> Accounts {
    let entry = AccountEntry {
        account_id: account.id().to_string(),
        role_arn: Some(account.role_arn()),
        external_id: Some(account.external_id()),
        ..AccountEntry::default()
    };
    let registry = ConfiguredAccounts::new(vec![entry.try_into().expect("it is right")]).expect("it is one");
    Accounts::new(config, Arc::new(registry))
}

pub(crate) fn id(account: &Account) -> AccountId {
    AccountId::parse(account.id().as_str()).expect("12 digits")
}

pub(crate) async fn fetch(aws: &Aws, name: &str, account: &Account) -> Value {
    let row = data_type(name).expect("a row");
    let scope = Scope { region: Region::parse(REGION), account: Some(id(account)) };
    let json = row.fetch(aws, &scope).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_slice(&json).expect("JSON")
}

/// The answer with other names: a text that is one of them is replaced.
fn translated(answer: Value, names: &BTreeMap<String, String>) -> Value {
    match answer {
        Value::String(text) => Value::String(names.get(&text).cloned().unwrap_or(text)),
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(|item| translated(item, names)).collect();
            // A list of texts is sorted by them.
            if items.iter().all(Value::is_string) {
                items.sort_by_key(Value::to_string);
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, translated(value, names))).collect())
        }
        other => other,
    }
}
