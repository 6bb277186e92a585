use larder_standin::{Config, Handle, Standin};
use larder_tests::Moto;

use super::function::Function;
use super::started::Started;
use crate::dynamodb::Table;

/// The program that is measured.
pub(super) const QUERY_HANDLER: &str = "query-handler";

/// All that `query-handler` needs: a table, and stand-ins for AWS that answer at once.
pub(super) struct Deployment {
    env: Vec<(&'static str, String)>,
    _aws: Handle,
    _ec2: Option<Moto>,
}

/// Who stands in for EC2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ec2 {
    /// The generated fleet, in five regions.
    Standin,
    /// moto, which has all of EC2's real instance types.
    Moto,
}

impl Deployment {
    /// One with an empty table of that name.
    pub(super) async fn new(table: &'static str, ec2: Ec2) -> anyhow::Result<Self> {
        let table = Table::create(table).await?;
        let aws = Standin::start(Config::default()).await?;
        let account = &aws.fleet().accounts()[0];
        let mut env = aws.environment(account);
        env.extend([
            ("AWS_ENDPOINT_URL_DYNAMODB", table.endpoint_url.to_owned()),
            ("CACHE_TABLE_NAME", table.name.to_owned()),
            ("LARDER_ACCOUNT_ID", account.id().to_string()),
        ]);
        let moto = if ec2 == Ec2::Moto { Some(Moto::start().await?) } else { None };
        env.extend(moto.as_ref().map(|moto| ("AWS_ENDPOINT_URL_EC2", moto.endpoint_url().to_owned())));
        Ok(Self { env, _aws: aws, _ec2: moto })
    }

    /// A new container of `query-handler`.
    pub(super) async fn container(&self) -> anyhow::Result<Function> {
        Function::start(QUERY_HANDLER, &[], &self.env()).await
    }

    /// The same without a shell around it, once it has polled.
    pub(super) async fn start(&self) -> anyhow::Result<Started> {
        Started::new(QUERY_HANDLER, &[], &self.env()).await
    }

    fn env(&self) -> Vec<(&str, &str)> {
        self.env.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}
