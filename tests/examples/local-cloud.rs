//! Deploys Larder to a ministack on this machine and keeps it there until Ctrl-C: `make local-cloud`.

use larder_standin::{Config, Standin, UnknownKeys};
use larder_tests::{LocalCloud, Person};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "whoever runs it has to see where it is")]
async fn main() -> anyhow::Result<()> {
    let standin = Standin::start(Config { unknown_keys: UnknownKeys::OfFirstAccount, ..Config::default() }).await?;
    let account = standin.fleet().accounts()[0].id();
    println!("Deploying template.yaml to a ministack; this takes half a minute.");
    let cloud = LocalCloud::start(&standin.url(), account.as_str()).await?;
    let reader = Person { email: "reader@example.com", groups: &["acct-all"], scopes: &["larder/read"] };
    let admin = Person {
        email: "admin@example.com",
        groups: &["acct-all", "larder-admins"],
        scopes: &["larder/read", "larder/admin"],
    };
    let (reader, admin) = (cloud.sign_in(&reader).await?, cloud.sign_in(&admin).await?);
    println!(
        "
endpoint={}
reader={reader}
admin={admin}

With these three set:
  curl -H \"Authorization: Bearer $reader\" \"$endpoint/ec2/subnets?region=us-east-1\"
  curl -H \"Authorization: Bearer $admin\" -H 'Content-Type: application/json' -d '{{}}' $endpoint/cache/invalidate

AWS's API is at {} (access key and secret: test). Ctrl-C removes it all.",
        cloud.endpoint()?,
        cloud.aws_endpoint_url()
    );
    tokio::signal::ctrl_c().await?;
    drop(cloud);
    standin.stop().await;
    Ok(())
}
