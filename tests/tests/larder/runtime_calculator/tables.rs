//! The tables that the function keeps its work in.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::runtime::{DynamoDbServers, KeptAnswer, ServersTable};
use larder_standin::Account;
use larder_tests::{DynamoDbLocal, create_accounts_table, create_runtime_table, create_servers_table};

pub(super) const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

/// How the attributes begin that the function may touch.
const OURS: &str = "runningMinutes";
/// What counts how often an item was written, and so tells of who was killed.
const VERSION: &str = "version";

/// An item's attributes, by name.
pub(super) type Attributes = BTreeMap<String, AttributeValue>;

/// Those of one world: accounts, servers and what minutes are worked out of.
pub(super) struct Tables {
    client: Client,
    names: [String; 3],
}

impl Tables {
    /// New ones, with the accounts registered in all regions.
    pub(super) async fn create(name: &str, accounts: &[Account]) -> Self {
        let client = DynamoDbLocal::shared().await.client();
        let names = ["accounts", "servers", "runtime"].map(|kind| format!("larder-calculated-{name}-{kind}"));
        create_accounts_table(&client, &names[0]).await.expect("a table");
        create_servers_table(&client, &names[1]).await.expect("a table");
        create_runtime_table(&client, &names[2]).await.expect("a table");
        let tables = Self { client, names };
        for account in accounts {
            let regions = REGIONS.map(text).to_vec();
            let item = [
                ("accountId", text(account.id().as_str())),
                ("roleArn", text(&account.role_arn())),
                ("externalId", text(&account.external_id())),
                ("regions", AttributeValue::L(regions)),
            ];
            tables.put(0, item.map(|(name, value)| (name.to_owned(), value)).into()).await;
        }
        tables
    }

    /// The variables that name them.
    pub(super) fn env(&self) -> [(&'static str, &str); 3] {
        let [accounts, servers, runtime] = &self.names;
        [("ACCOUNTS_TABLE_NAME", accounts), ("SERVERS_TABLE_NAME", servers), ("RUNTIME_TABLE_NAME", runtime)]
    }

    /// Puts what others have of a server beside it.
    pub(super) async fn put_others(&self, item: Attributes) {
        self.put(1, item).await;
    }

    /// The servers' items without our attributes, by id.
    pub(super) async fn others(&self) -> BTreeMap<String, Attributes> {
        let mut items = self.items(1).await;
        items.iter_mut().for_each(|item| item.retain(|name, _| !name.starts_with(OURS)));
        items.into_iter().map(|item| (format!("{:?}", item["id"]), item)).collect()
    }

    /// What is kept beside the servers, as the product reads it.
    pub(super) async fn answers(&self) -> Vec<KeptAnswer> {
        let servers = DynamoDbServers::new(self.client.clone(), &self.names[1]);
        let mut answers = Vec::new();
        for item in self.items(1).await {
            let id = item["id"].as_s().expect("a text");
            answers.extend(servers.get(id).await.expect("it is read"));
        }
        answers.sort_by(|one, other| one.answer.server.cmp(&other.answer.server));
        answers
    }

    /// All that stands in the servers table and the runtime table, but how often it was written.
    pub(super) async fn state(&self) -> BTreeMap<String, Attributes> {
        let mut state = BTreeMap::new();
        for item in self.items(1).await {
            state.insert(format!("{:?}", item["id"]), item);
        }
        for mut item in self.items(2).await {
            item.remove(VERSION).expect("each counts its writes");
            state.insert(format!("{:?} {:?}", item["instanceId"], item["kind#time"]), item);
        }
        state
    }

    async fn put(&self, table: usize, item: Attributes) {
        let item = Some(item.into_iter().collect());
        self.client.put_item().table_name(&self.names[table]).set_item(item).send().await.expect("it is written");
    }

    async fn items(&self, table: usize) -> Vec<Attributes> {
        let mut pages = self.client.scan().table_name(&self.names[table]).consistent_read(true).into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.expect("it is read").items.unwrap_or_default();
            items.extend(page.into_iter().map(Attributes::from_iter));
        }
        items
    }
}

pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
