//! Serves a stand-in until Ctrl-C: `cargo run -p larder-standin --example standin -- [ADDRESS] [RECORDINGS]`.

use std::error::Error;
use std::path::PathBuf;

use larder_standin::{Config, Standin};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "whoever runs it has to see where it is")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut config = Config::default();
    if let Some(address) = arguments.next() {
        config.listen = address.parse()?;
    }
    config.replay = arguments.next().map(PathBuf::from);

    let standin = Standin::start(config).await?;
    for account in standin.fleet().accounts() {
        println!(
            "# {} {}: role {}, external id {}",
            account.id(),
            account.name(),
            account.role_arn(),
            account.external_id()
        );
        for (name, value) in standin.environment(account) {
            println!("export {name}={value}");
        }
    }
    tokio::signal::ctrl_c().await?;
    standin.stop().await;
    Ok(())
}
