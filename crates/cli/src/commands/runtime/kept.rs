mod here;
mod of_server;
mod told;

use larder_app::ChosenRegions;
use larder_app::problem::Problem;
use larder_app::runtime::{AskedServers, CalculationReport};
use larder_app::wiring::{NoRuntime, ambient_aws};

use crate::arguments::Runtime;
use crate::database::known_history;
use crate::exit::{Exit, WrongUsage};
use crate::progress::Progress;
use crate::running_minutes::open_running_minutes;
use crate::session::{Given, log_little, read};
use crate::watch;
use here::Kept;
use told::Told;

/// Tells how long servers ran by what is kept, which is worked out first where it is missing or old.
pub(super) async fn run(given: &Given, runtime: &Runtime) -> anyhow::Result<Exit> {
    let asked = asked(runtime)?;
    let (every, what) = (runtime.watch.watch, "asking for running minutes".to_owned());
    if let Some(server) = runtime.server.named()? {
        let round = async |_: &Progress| {
            let month = of_server::servers(&server, &asked).await?;
            Told { month, report: CalculationReport::default() }.round(given, runtime, &asked)
        };
        return watch::answer(given, every, what, round).await;
    }
    let configuration = read(given, &runtime.store)?;
    log_little(&configuration);
    let history = known_history(&configuration).await;
    let parts =
        open_running_minutes(&configuration, &ambient_aws().await, &history).await.map_err(|error| match error {
            NoRuntime::Unset { .. } => anyhow::Error::new(WrongUsage(error.to_string())),
            NoRuntime::Table(_) => error.into(),
        })?;
    let mut kept = Kept::new(parts, configuration.runtime.deadline, asked.clone(), runtime.fresh);
    let round = async |progress: &Progress| kept.told(progress).await?.round(given, runtime, &asked);
    watch::answer(given, every, what, round).await
}

/// Every account and region where none is named.
fn asked(runtime: &Runtime) -> Result<AskedServers, Problem> {
    let regions = match runtime.regions.named()? {
        Some(ChosenRegions::These(regions)) => regions.into_iter().collect(),
        Some(ChosenRegions::All) | None => Vec::new(),
    };
    Ok(AskedServers { month: runtime.month, accounts: runtime.accounts.named()?, regions, ..AskedServers::default() })
}

/// Whether it was asked for what is of that account and region.
fn is_asked(asked: &AskedServers, account: Option<&str>, region: Option<&str>) -> bool {
    let of_account = asked.accounts.is_empty() || asked.accounts.iter().any(|one| Some(one.as_str()) == account);
    of_account && (asked.regions.is_empty() || asked.regions.iter().any(|one| Some(one.name()) == region))
}

#[cfg(test)]
mod tests {
    use larder_app::{account_of_text, region_of_text};

    use super::*;

    #[test]
    fn what_was_named_is_asked_for_and_all_where_nothing_was() {
        let all = AskedServers::default();
        assert!(is_asked(&all, Some("111122223333"), Some("eu-west-1")) && is_asked(&all, None, None));
        let accounts = vec![account_of_text("111122223333").expect("12 digits")];
        let regions = ["eu-west-1", "us-east-1"].map(|name| region_of_text(name).expect("a region")).to_vec();
        let asked = AskedServers { accounts, regions, ..AskedServers::default() };
        assert!(is_asked(&asked, Some("111122223333"), Some("us-east-1")));
        assert!(!is_asked(&asked, Some("444455556666"), Some("us-east-1")));
        assert!(!is_asked(&asked, Some("111122223333"), Some("us-west-2")));
        assert!(!is_asked(&asked, None, Some("us-east-1")) && !is_asked(&asked, Some("111122223333"), None));
    }
}
