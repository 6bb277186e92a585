use larder_app::problem::Problem;
use larder_app::{App, ChosenRegions, InvalidationDone, InvalidationRequest, Principal};
use serde_json::{Value, json};

use crate::arguments::Clear;
use crate::exit::Exit;
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::server::Server;
use crate::session::{Given, open_kept};

/// Whose cache is cleared.
enum Cleared {
    Store(App),
    OfServer(Server),
}

/// Invalidates what matches: one invalidation for each combination of what was named. Those that were done are told
/// also where a later one fails.
pub(crate) async fn run(given: &Given, clear: &Clear) -> anyhow::Result<Exit> {
    let requests = requests(clear)?;
    let cleared = match clear.server.named()? {
        Some(server) => Cleared::OfServer(server),
        None => Cleared::Store(open_kept(given, &clear.store).await?),
    };
    let (mut done, mut outcome) = (Vec::new(), Ok(Exit::Done));
    let progress = Progress::of(if clear.purge { "invalidating, and deleting the items" } else { "invalidating" });
    for request in &requests {
        match cleared.invalidate(request).await {
            Ok(one) => done.push(one),
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    drop(progress);
    if !done.is_empty() {
        tell(given, &cleared, &done)?;
    }
    outcome
}

impl Cleared {
    async fn invalidate(&self, request: &InvalidationRequest) -> anyhow::Result<InvalidationDone> {
        match self {
            Self::Store(app) => Ok(app.invalidation().invalidate(&Principal::local(), request).await?),
            Self::OfServer(server) => server.invalidate(request).await,
        }
    }
}

/// Every region is any region, whatever an account may use.
fn requests(clear: &Clear) -> Result<Vec<InvalidationRequest>, Problem> {
    let regions = match clear.regions.named()? {
        None | Some(ChosenRegions::All) => Vec::new(),
        Some(ChosenRegions::These(regions)) => regions.into_iter().collect(),
    };
    let (types, accounts) = (any_or_each(clear.types.named()?), any_or_each(clear.accounts.named()?));
    let regions = any_or_each(regions);
    let mut requests = Vec::new();
    for data_type in types {
        for region in &regions {
            let of_account = |account: &Option<_>| InvalidationRequest {
                data_type,
                region: *region,
                account: account.clone(),
                purge: clear.purge,
            };
            requests.extend(accounts.iter().map(of_account));
        }
    }
    Ok(requests)
}

fn any_or_each<T>(named: Vec<T>) -> Vec<Option<T>> {
    if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() }
}

fn tell(given: &Given, cleared: &Cleared, done: &[InvalidationDone]) -> anyhow::Result<()> {
    if !given.json {
        say(&for_people(done));
        return Ok(());
    }
    let values = done.iter().map(|one| match cleared {
        Cleared::Store(_) => for_programs(one),
        Cleared::OfServer(_) => Ok(serde_json::to_value(one)?),
    });
    match &values.collect::<anyhow::Result<Vec<_>>>()?[..] {
        [one] => say_json(one),
        several => say_json(&several),
    }
}

/// What was done. The window is only that of this configuration: other processes may have others.
fn for_programs(done: &InvalidationDone) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(done)?;
    if let Some(members) = value.as_object_mut()
        && let Some(window) = members.remove("effectiveWithinMs")
    {
        members.insert("thisConfiguration".to_owned(), json!({"coherenceWindowMs": window}));
    }
    Ok(value)
}

fn for_people(done: &[InvalidationDone]) -> String {
    let lines = done.iter().map(|done| {
        let purged = match done.purged {
            Some(1) => " 1 item was deleted.".to_owned(),
            Some(number) => format!(" {number} items were deleted."),
            None => String::new(),
        };
        let InvalidationDone { data_type, region, account_id, .. } = done;
        format!("Cache invalidated: type {data_type}, region {region}, account {account_id}.{purged}\n")
    });
    format!("{}Processes that are running see it within their coherence window.", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clap::Parser;
    use larder_app::configuration::Configuration;
    use larder_app::wiring::{OpenedHistory, OpenedRuntime, ambient_fetcher, memory_store};
    use larder_app::{Parts, SystemEnvironment};

    use super::*;
    use crate::arguments::{Arguments, Cache, Command};

    #[tokio::test]
    async fn the_window_of_others_is_not_told_from_the_own_one() {
        let history = OpenedHistory::none("a test has none");
        let app = App::new(Parts {
            configuration: &Configuration::default(),
            environment: Arc::new(SystemEnvironment::new()),
            store: memory_store(),
            fetcher: Arc::new(ambient_fetcher(&Configuration::default(), &history)),
            runtime: OpenedRuntime::none("a test has none".to_owned()),
            history,
        });
        let request = InvalidationRequest::default();
        let done = app.invalidation().invalidate(&Principal::local(), &request).await.expect("done");
        let value = for_programs(&done).expect("JSON");
        let text = for_people(&[done]);
        assert!(text.contains("within their coherence window") && !text.contains("ms"), "{text}");
        assert_eq!(value["thisConfiguration"]["coherenceWindowMs"], 2_000, "{value}");
        assert!(value.get("effectiveWithinMs").is_none(), "{value}");
        assert_eq!(value["epoch"]["counter"], 1);
    }

    /// What the line clears: data type, region, account.
    fn cleared(line: &str) -> Vec<String> {
        let arguments = Arguments::try_parse_from(format!("larder cache clear {line}").split(' ')).expect("parsed");
        let Command::Cache(Cache::Clear(clear)) = arguments.command else { panic!("it clears") };
        let requests = requests(&clear).expect("all is right");
        let told = requests.iter().map(|request| {
            let data_type = request.data_type.map_or("*", |row| row.name);
            let region = request.region.map_or("*", |region| region.name());
            let account = request.account.as_ref().map_or("*", |account| account.as_str());
            format!("{data_type} {region} {account}")
        });
        told.collect()
    }

    #[test]
    fn several_are_several_invalidations_and_never_a_wider_one() {
        assert_eq!(cleared("--all"), ["* * *"]);
        assert_eq!(cleared("--region all"), ["* * *"]);
        assert_eq!(cleared("--type ec2-subnets --region us-east-1"), ["ec2-subnets us-east-1 *"]);
        let expected = [
            "ec2-subnets us-east-1 111122223333",
            "ec2-subnets us-west-2 111122223333",
            "drs-quotas us-east-1 111122223333",
            "drs-quotas us-west-2 111122223333",
        ];
        let line = "--type ec2-subnets --type drs-quotas --region us-east-1,us-west-2 --account 111122223333";
        assert_eq!(cleared(line), expected);
    }
}
