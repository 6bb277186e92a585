//! A server with a history of its own in front of the stand-in, and what is synced into it.

use larder_tests::wait_until;
use serde_json::Value;

use crate::cloud::{Cloud, FIRST};
use crate::door::{Door, Reply};
use crate::relay::Relay;

/// The stand-in for AWS behind a relay that can be cut, and a folder for a history.
pub(crate) struct World {
    pub(crate) cloud: Cloud,
    pub(crate) aws: Relay,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        let cloud = Cloud::start().await;
        let aws = Relay::to(&cloud.standin.url()).await;
        Self { cloud, aws, folder: tempfile::tempdir().expect("a folder") }
    }

    /// A database in the world's folder.
    pub(crate) fn sqlite(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("history.sqlite").display())
    }

    /// The variables that point at the relay.
    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        self.cloud.env(FIRST, &[("AWS_ENDPOINT_URL", &*self.aws.url()), ("LARDER_ACCOUNT_ID", &*self.own())])
    }

    /// A server with that history, which keeps answers in its memory only.
    pub(crate) async fn serve(&self, database: &str) -> Door {
        Door::serve(&["--store", "memory", "--database", database], &self.env()).await
    }

    /// The account of its credentials.
    pub(crate) fn own(&self) -> String {
        self.cloud.account(FIRST).id().to_string()
    }

    pub(crate) fn instances(&self, region: &str) -> String {
        format!("/ec2/api/accounts/{}/instances?region={region}", self.own())
    }

    pub(crate) fn sync_instances(&self, region: &str) -> String {
        format!("/ec2/api/accounts/{}/sync?region={region}", self.own())
    }
}

pub(crate) async fn post(door: &Door, path: &str) -> Reply {
    door.send("POST", path, &[], None).await
}

/// The answer once it has that status.
pub(crate) async fn answered(door: &Door, path: &str, status: u16) -> Value {
    let answer = wait_until("it answers so", async || {
        let reply = door.get(path).await;
        Ok((reply.status == status).then(|| reply.json()))
    });
    answer.await.unwrap_or_else(|error| panic!("{path}: {error:#}\n{:#?}", door.log()))
}
