//! The whole deployment without AWS: template.yaml in ministack, with the programs that would be deployed.

mod calls;
mod people;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, ensure};
use reqwest::Url;
use serde_json::{Value, json};

pub use people::Person;

use crate::child::Child;
use crate::counterparts::counterpart;
use crate::program::Program;
use crate::project;
use crate::server::Server;

/// Where it is deployed.
const REGION: &str = "us-east-1";
const STACK: &str = "larder-local";
/// How it is deployed: a stage of cfn/samconfig.toml.
const STAGE: &str = "local";
/// The services that a stand-in answers for, as the SDK's variables name them; all else is ministack's.
const STOOD_IN_FOR: [&str; 7] = ["CLOUDTRAIL", "COST_EXPLORER", "DRS", "EC2", "IAM", "SERVICE_QUOTAS", "STS"];

/// A ministack with Larder deployed to it; all of it is gone when this is dropped.
///
/// Functions run under the roles of the template: a call of DynamoDB that a role does not allow is refused. Those that the
/// stand-in answers are not.
pub struct LocalCloud {
    ministack: Server,
    outputs: BTreeMap<String, String>,
}

impl LocalCloud {
    /// Starts ministack, builds and deploys. The stand-in at the URL answers for the services that ministack lacks, and
    /// takes all functions for callers from this account.
    ///
    /// # Errors
    /// If one of them can't be started, the functions' programs are not built, or the deployment fails; with what was
    /// written.
    pub async fn start(standin: &str, account_id: &str) -> anyhow::Result<Self> {
        let ministack = ministack(standin, account_id).await?;
        deploy(&ministack.url).await?;
        let mut cloud = Self { ministack, outputs: BTreeMap::new() };
        let [stacks] = cloud.call([("cloudformation", "describe_stacks", json!({"StackName": STACK}))]).await?;
        let outputs = stacks["Stacks"][0]["Outputs"].as_array().context("a stack has outputs")?;
        let text = |output: &Value, member: &str| output[member].as_str().unwrap_or_default().to_owned();
        cloud.outputs = outputs.iter().map(|it| (text(it, "OutputKey"), text(it, "OutputValue"))).collect();
        Ok(cloud)
    }

    /// Where the HTTP API answers. Its host is a name of the loopback address, but not every system knows it.
    ///
    /// # Errors
    /// If the template has no such output.
    pub fn endpoint(&self) -> anyhow::Result<&str> {
        self.output("Endpoint")
    }

    /// Where ministack answers for AWS, as `AWS_ENDPOINT_URL` wants it.
    #[must_use]
    pub fn aws_endpoint_url(&self) -> &str {
        &self.ministack.url
    }

    /// What the deployed stack tells, by the names of the template's outputs.
    ///
    /// # Errors
    /// If it does not tell that.
    pub fn output(&self, name: &str) -> anyhow::Result<&str> {
        self.outputs.get(name).map(String::as_str).with_context(|| format!("no output {name}: {:?}", self.outputs))
    }

    /// A client that knows the way to [`Self::endpoint`]. It keeps no connection, and so belongs to no runtime.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn client(&self) -> anyhow::Result<reqwest::Client> {
        let url = Url::parse(self.endpoint()?)?;
        let host = url.host_str().context("an endpoint has a host")?;
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).resolve(host, here);
        Ok(builder.redirect(reqwest::redirect::Policy::none()).build()?)
    }
}

async fn ministack(standin: &str, account_id: &str) -> anyhow::Result<Server> {
    let modules = counterpart("ministack").display().to_string();
    let command = |[port]: [u16; 1]| {
        let known = [format!("GATEWAY_PORT={port}"), format!("AWS_ENDPOINT_URL=http://127.0.0.1:{port}")];
        let services = STOOD_IN_FOR.map(|service| format!("AWS_ENDPOINT_URL_{service}={standin}"));
        let main = ["python3", "-c", include_str!("local_cloud/ministack.py")].map(str::to_owned);
        [&["env".to_owned()], &known[..], &services[..], &main[..]].concat()
    };
    let env = [
        ("PYTHONPATH", modules.as_str()),
        ("BIND_HOST", "127.0.0.1"),
        ("MINISTACK_ACCOUNT_ID", account_id),
        ("MINISTACK_REGION", REGION),
        // Who asks is told by signatures, and permitted by policies.
        ("AUTH", "true"),
        // The account's root.
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        // A port of its own that nobody needs.
        ("IOT_MTLS_ENABLED", "0"),
    ];
    Server::start(command, &env, ["/_ministack/health"]).await
}

async fn deploy(aws_endpoint_url: &str) -> anyhow::Result<()> {
    let sam = counterpart("sam").display().to_string();
    let deploy = project().join("cfn/deploy").display().to_string();
    let target =
        Program::folder()?.parent().context("a profile's folder is in the target folder")?.display().to_string();
    let profile = std::env::var("LARDER_PROFILE").unwrap_or_else(|_| "release".to_owned());
    let env = [
        ("SAM", sam.as_str()),
        // Its own folder, which goes with it however it ends.
        ("TMPDIR", "."),
        ("CARGO_TARGET_DIR", &target),
        ("PROFILE", &profile),
        ("AWS_ENDPOINT_URL", aws_endpoint_url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
    ];
    let mut child = Child::start(&[deploy, STAGE.to_owned()], &env)?;
    let status = child.exit_at_length().await?;
    ensure!(status.success(), "not deployed ({status}):\n{}", child.whole_output().await?);
    Ok(())
}
