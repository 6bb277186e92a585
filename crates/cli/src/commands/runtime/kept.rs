use std::convert::Infallible;
use std::time::Duration;

use larder_app::problem::{Code, Problem};
use larder_app::runtime::{
    AskedServers, CalculationReport, CalculationRequest, MonthOfServers, PlaceProgress, RuntimeCalculator,
    RuntimeParts, RuntimeReader,
};
use larder_app::wiring::{NoRuntime, ambient_aws};
use larder_app::{ChosenRegions, Principal, Quality};

use super::shown::{for_csv, for_people};
use crate::arguments::Runtime;
use crate::exit::{Exit, WrongUsage};
use crate::progress::Progress;
use crate::running_minutes::open_running_minutes;
use crate::server::Server;
use crate::session::{Given, log_little, read};
use crate::watch::{self, Round};

/// How old an answer of the current month may be, in seconds: as the hourly function keeps it.
const GREATEST_AGE: i64 = 60 * 60;
/// How often a calculation is asked how far it is.
const LOOK: Duration = Duration::from_millis(500);

/// What was told, and what could not be worked out.
struct Told {
    month: MonthOfServers,
    failed: Vec<String>,
}

/// Tells how long servers ran by what is kept, which is worked out first where it is missing or old.
pub(super) async fn run(given: &Given, runtime: &Runtime) -> anyhow::Result<Exit> {
    let asked = asked(runtime)?;
    let (every, what) = (runtime.watch.watch, "asking for running minutes".to_owned());
    if let Some(server) = runtime.server.named()? {
        let round = async |_: &Progress| {
            let month = all_pages(&server, &asked).await?;
            rendered(given, runtime, &Told { month, failed: Vec::new() })
        };
        return watch::answer(given, every, what, round).await;
    }
    let configuration = read(given, &runtime.store)?;
    log_little(&configuration);
    let parts = open_running_minutes(&configuration, &ambient_aws().await).await.map_err(|error| match error {
        NoRuntime::Unset { .. } => anyhow::Error::new(WrongUsage(error.to_string())),
        NoRuntime::Table(_) => error.into(),
    })?;
    let kept = Kept {
        reader: RuntimeReader::new(parts.clone(), None),
        deadline: configuration.runtime.deadline,
        parts,
        asked,
        fresh: runtime.fresh,
    };
    let round = async |progress: &Progress| rendered(given, runtime, &kept.told(progress).await?);
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

async fn all_pages(server: &Server, asked: &AskedServers) -> anyhow::Result<MonthOfServers> {
    let mut told = server.servers(asked.month, None).await?;
    while let Some(cursor) = told.next_cursor.take() {
        let page = server.servers(asked.month, Some(&cursor)).await?;
        told.servers.extend(page.servers);
        told.next_cursor = page.next_cursor;
    }
    told.servers
        .retain(|kept| is_asked(asked, kept.answer.server.account_id.as_deref(), kept.answer.server.region.as_deref()));
    told.progress.retain(|place| is_asked(asked, Some(&place.account_id), Some(&place.region)));
    Ok(told)
}

fn is_asked(asked: &AskedServers, account: Option<&str>, region: Option<&str>) -> bool {
    let of_account = asked.accounts.is_empty() || asked.accounts.iter().any(|one| Some(one.as_str()) == account);
    of_account && (asked.regions.is_empty() || asked.regions.iter().any(|one| Some(one.name()) == region))
}

/// What is kept here, by whoever worked it out.
struct Kept {
    reader: RuntimeReader,
    parts: RuntimeParts,
    deadline: Duration,
    asked: AskedServers,
    fresh: bool,
}

impl Kept {
    async fn told(&self, progress: &Progress) -> anyhow::Result<Told> {
        let told = self.reader.servers(&Principal::local(), &self.asked).await;
        if !self.fresh && !self.is_missing_or_old(&told) {
            return Ok(Told { month: told?, failed: Vec::new() });
        }
        let report = self.work_out(progress).await;
        let failed = failures(&report);
        match self.reader.servers(&Principal::local(), &self.asked).await {
            Ok(month) => Ok(Told { month, failed }),
            Err(problem) if !failed.is_empty() => Err(problem.adding(&failed.join(" ")).into()),
            Err(problem) => Err(problem.into()),
        }
    }

    fn is_missing_or_old(&self, told: &Result<MonthOfServers, Problem>) -> bool {
        let now = self.parts.now();
        match told {
            Err(problem) => problem.code() == Code::RuntimeNotReady,
            Ok(told) if told.month < self.reader.current_month() => false,
            Ok(told) => {
                let is_old = told.servers.iter().any(|kept| {
                    let age = kept.timestamp.map(|timestamp| now.since(timestamp));
                    kept.answer.quality == Quality::Stale || age.is_none_or(|age| age > GREATEST_AGE)
                });
                is_old || told.servers.is_empty() || !told.progress.is_empty()
            }
        }
    }

    async fn work_out(&self, progress: &Progress) -> CalculationReport {
        let AskedServers { month, accounts, regions, .. } = &self.asked;
        let request = CalculationRequest {
            month: *month,
            accounts: accounts.iter().cloned().collect(),
            regions: regions.iter().copied().collect(),
            ..CalculationRequest::default()
        };
        let calculator = RuntimeCalculator::new(self.parts.clone());
        let working = calculator.run(&request, self.deadline);
        tokio::select! {
            report = working => report,
            never = self.say_how_far(progress) => match never {},
        }
    }

    async fn say_how_far(&self, progress: &Progress) -> Infallible {
        let month = self.asked.month.unwrap_or_else(|| self.reader.current_month());
        loop {
            tokio::time::sleep(LOOK).await;
            // What can't be read now is said by who needs it.
            let places = self.reader.progress(&Principal::local(), month).await.unwrap_or_default();
            how_far(&places).into_iter().for_each(|words| progress.now(words));
        }
    }
}

/// How many days of a month's events were read, over all accounts and regions.
fn how_far(places: &[PlaceProgress]) -> Option<String> {
    let covered: usize = places.iter().map(|place| place.covered_days.len()).sum();
    let all = covered + places.iter().map(|place| place.missing_days.len()).sum::<usize>();
    let of = if places.len() == 1 {
        "an account and region".to_owned()
    } else {
        format!("{} accounts and regions", places.len())
    };
    (all > 0).then(|| format!("CloudTrail's events of {covered} of {all} days of {of} were read"))
}

fn failures(report: &CalculationReport) -> Vec<String> {
    let failed = report.failed.iter().map(|failed| {
        let place = [failed.account_id.as_deref(), failed.region.as_deref()];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
        format!("{place}{}{}.", if place.is_empty() { "" } else { ": " }, failed.reason)
    });
    failed.collect()
}

fn rendered(given: &Given, runtime: &Runtime, told: &Told) -> anyhow::Result<Round> {
    let answers: Vec<_> = told.month.servers.iter().map(|kept| kept.answer.clone()).collect();
    let answer = if given.json {
        serde_json::to_string_pretty(&told.month)?
    } else if runtime.csv {
        for_csv(&answers)?
    } else if answers.is_empty() {
        String::new()
    } else {
        for_people(&answers)
    };
    let mut beside: Vec<_> = told.failed.iter().map(|failed| format!("failed: {failed}")).collect();
    beside.extend(how_far(&told.month.progress).map(|words| {
        format!("not all is known yet: {words}; minutes are bounded by what may have happened in the others")
    }));
    if answers.is_empty() {
        beside.push("there is no server with the app tag (LARDER_APP_TAG)".to_owned());
    } else if !given.json && !runtime.csv {
        beside.extend(age(told));
    }
    let exit = match (told.failed.is_empty(), answers.is_empty()) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Nothing,
        (true, false) => Exit::Done,
    };
    Ok(Round { answer, beside: (!beside.is_empty()).then(|| beside.join("\n")), exit })
}

/// Until when the answers tell.
fn age(told: &Told) -> Option<String> {
    let as_of = told.month.servers.iter().map(|kept| kept.answer.as_of).min()?;
    Some(format!("until {as_of}"))
}
