use std::sync::Arc;

use larder_app::configuration::Configuration;
use larder_app::problem::Problem;
use larder_app::wiring::{ambient_fetcher, ambient_region};
use larder_app::{
    Answer, App, DATA_TYPES, DataType, Directives, Freshness, Origin, Principal, Question, Refresh, Reply,
    account_of_text, data_type_of_text, region_of_text,
};
use serde_json::{Value, json};

use crate::arguments::Warm;
use crate::exit::{self, Exit, WrongUsage};
use crate::output::{complain, say, say_json, seconds, table};
use crate::progress::Progress;
use crate::session::{Given, check_outlives_a_process, log_little, open, read};

/// What stands for every region that the account may use.
const ALL: &str = "all";

/// What became of one question.
struct Warmed {
    data_type: &'static DataType,
    /// The region asked, if it was only one.
    region: Option<String>,
    outcome: Outcome,
}

enum Outcome {
    /// It was there.
    Fresh { age_seconds: u64 },
    /// It was fetched, and is there now.
    Fetched,
    /// It was fetched, but could not be kept.
    NotKept,
    /// It was not answered, or only with what is past its TTL.
    Failed { code: Exit, name: &'static str, detail: String },
}

/// Asks through the cache: what is fresh stays, what is missing is fetched and kept.
pub(crate) async fn run(given: &Given, warm: &Warm) -> anyhow::Result<Exit> {
    let data_types = data_types(&warm.data_types)?;
    check_names(warm)?;
    let mut configuration = read(given, &warm.store)?;
    check_outlives_a_process(&configuration)?;
    // What is past its TTL is to be fetched, and not served while it is.
    configuration.cache.settings.refresh = Refresh::Within(Directives::default().deadline);
    let app = open_store(&configuration).await?;
    let ambient = if warm.region.is_none() { ambient_region().await } else { None };
    let region = warm.region.as_deref().or(ambient.as_deref());
    if region.is_none() && data_types.iter().any(|data_type| data_type.scope.has_region()) {
        let reason =
            "no region is configured: name one, such as --region us-east-1, several with commas between them, or all";
        return Err(WrongUsage(reason.to_owned()).into());
    }
    let mut warmed = Vec::new();
    {
        let bar = Progress::counted("Warming");
        bar.expect(data_types.len());
        for data_type in data_types {
            let question = Question { data_type, region, account: warm.account.as_deref() };
            warmed.extend(ask(&app, &question).await);
            bar.step();
        }
    }
    if given.json {
        say_json(
            &json!({"store": app.store().in_use(), "warmed": warmed.iter().map(for_programs).collect::<Vec<_>>()}),
        )?;
    } else {
        say(&for_people(&warmed));
        warmed.iter().filter_map(failure).for_each(|line| complain(&line));
    }
    Ok(exit(&warmed))
}

async fn open_store(configuration: &Configuration) -> anyhow::Result<App> {
    log_little(configuration);
    let app = open(configuration, Arc::new(ambient_fetcher(configuration))).await;
    match &app.store().reason {
        Some(reason) => anyhow::bail!("nothing can be kept: {reason}"),
        None => Ok(app),
    }
}

/// Every one, if none is named. No data type there is costs money or much of a quota.
fn data_types(names: &[String]) -> Result<Vec<&'static DataType>, Problem> {
    if names.is_empty() {
        Ok(DATA_TYPES.iter().collect())
    } else {
        names.iter().map(|name| data_type_of_text(name)).collect()
    }
}

/// Before anything is asked.
fn check_names(warm: &Warm) -> Result<(), Problem> {
    if let Some(regions) = warm.region.as_deref().filter(|regions| *regions != ALL) {
        regions.split(',').try_for_each(|region| region_of_text(region.trim()).map(drop))?;
    }
    warm.account.as_deref().map_or(Ok(()), |account| account_of_text(account).map(drop))
}

async fn ask(app: &App, question: &Question<'_>) -> Vec<Warmed> {
    let data_type = question.data_type;
    let one = |region: Option<String>, outcome| Warmed { data_type, region, outcome };
    let asked = question.region.filter(|_| data_type.scope.has_region()).map(str::to_owned);
    match app.queries().ask(&Principal::local(), question, &Directives::default()).await {
        Ok(Reply::One(answer)) => vec![one(asked, of_answer(&answer))],
        Err(problem) => vec![one(asked, of_problem(&problem))],
        Ok(Reply::Regional(regional)) => {
            let answers =
                regional.answers.iter().map(|(region, answer)| one(Some(region.to_string()), of_answer(answer)));
            let failed = regional.failed.iter().map(|(region, problem)| one(Some(region.clone()), of_problem(problem)));
            let mut warmed: Vec<_> = answers.chain(failed).collect();
            warmed.sort_by(|a, b| a.region.cmp(&b.region));
            warmed
        }
    }
}

fn of_answer(answer: &Answer) -> Outcome {
    match (&answer.freshness, answer.origin) {
        (Freshness::StaleIfError(failure), _) => {
            let detail = format!("it is past its TTL, and could not be fetched: {failure}");
            Outcome::Failed { code: Exit::Aws, name: "STALE", detail }
        }
        (Freshness::StaleWhileRevalidate, _) => {
            let detail = "it is past its TTL, and could not be fetched in time".to_owned();
            Outcome::Failed { code: Exit::Aws, name: "STALE", detail }
        }
        (Freshness::Fresh, Origin::Upstream { stored: true, .. }) => Outcome::Fetched,
        (Freshness::Fresh, Origin::Upstream { stored: false, .. }) => Outcome::NotKept,
        (Freshness::Fresh, Origin::Memory | Origin::Store) => Outcome::Fresh { age_seconds: answer.age.as_secs() },
    }
}

fn of_problem(problem: &Problem) -> Outcome {
    let (code, name) = (exit::of_code(problem.code()), problem.code().name());
    Outcome::Failed { code, name, detail: problem.detail().to_owned() }
}

fn for_people(warmed: &[Warmed]) -> String {
    let mut table = table(&["TYPE", "REGION", "WHAT BECAME OF IT"]);
    for Warmed { data_type, region, outcome } in warmed {
        let became = match outcome {
            Outcome::Fresh { age_seconds } => format!("fresh already, {} old", seconds(*age_seconds)),
            Outcome::Fetched => "fetched".to_owned(),
            Outcome::NotKept => "fetched, but NOT KEPT".to_owned(),
            Outcome::Failed { name, .. } => format!("FAILED: {name}"),
        };
        table.add_row([data_type.name, region.as_deref().unwrap_or("-"), &became]);
    }
    table.to_string()
}

fn for_programs(warmed: &Warmed) -> Value {
    let (outcome, detail) = match &warmed.outcome {
        Outcome::Fresh { age_seconds } => ("fresh", json!({"ageSeconds": age_seconds})),
        Outcome::Fetched => ("fetched", Value::Null),
        Outcome::NotKept => ("not-kept", Value::Null),
        Outcome::Failed { name, detail, .. } => ("failed", json!({"code": name, "detail": detail})),
    };
    json!({"dataType": warmed.data_type.name, "region": warmed.region, "outcome": outcome, "detail": detail})
}

fn failure(warmed: &Warmed) -> Option<String> {
    let place = warmed.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    match &warmed.outcome {
        Outcome::Fresh { .. } | Outcome::Fetched => None,
        Outcome::NotKept => {
            let name = warmed.data_type.name;
            Some(format!("error: {name}{place} could not be kept: larder doctor tells how the store is"))
        }
        Outcome::Failed { detail, .. } => Some(format!("error: {}{place}: {detail}", warmed.data_type.name)),
    }
}

/// Denied counts most, since it stays so; then the first failure.
fn exit(warmed: &[Warmed]) -> Exit {
    let codes = warmed.iter().filter_map(|warmed| match &warmed.outcome {
        Outcome::Fresh { .. } | Outcome::Fetched => None,
        Outcome::NotKept => Some(Exit::Failed),
        Outcome::Failed { code, .. } => Some(*code),
    });
    let codes: Vec<_> = codes.collect();
    if codes.contains(&Exit::Denied) { Exit::Denied } else { codes.first().copied().unwrap_or(Exit::Done) }
}
