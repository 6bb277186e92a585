use std::time::Duration;

use anyhow::bail;
use larder_app::wiring::ambient_region;
use larder_app::{
    Answer, Directives, Freshness, Origin, Principal, Question, RegionalAnswers, Reply, data_type_of_text,
};
use serde_json::Value;

use crate::arguments::Get;
use crate::exit::{self, Exit};
use crate::output::seconds;
use crate::progress::Progress;
use crate::session::{Given, open_once};
use crate::watch::{self, Round};

mod tables;

/// Asks one question.
pub(crate) async fn run(given: &Given, get: &Get) -> anyhow::Result<Exit> {
    let data_type = data_type_of_text(&get.data_type)?;
    let app = open_once(given, &get.store).await?;
    if let (Some(_), Some(reason)) = (get.watch.watch, &app.store().reason) {
        bail!("--watch would ask AWS each time, since nothing can be kept: {reason}");
    }
    let region = match &get.region {
        Some(region) => Some(region.clone()),
        None if data_type.scope.has_region() => ambient_region().await,
        None => None,
    };
    let question = Question { data_type, region: region.as_deref(), account: get.account.as_deref() };
    let mut directives = Directives { max_age: get.fresh.then_some(Duration::ZERO), ..Directives::default() };
    let round = async |_: &Progress| {
        let reply = app.queries().ask(&Principal::local(), &question, &directives).await?;
        directives = Directives::default();
        match reply {
            Reply::One(answer) => {
                rendered(given, &answer.value, &[whence(&answer)], |value| tables::of_one(data_type, value))
            }
            Reply::Regional(regional) => {
                let round = rendered(given, &regional.body()?, &beside(&regional), |value| {
                    tables::by_region(data_type, value)
                })?;
                Ok(Round { exit: exit_of(&regional, get), ..round })
            }
        }
    };
    watch::answer(given, get.watch.watch, format!("asking for {}", data_type.name), round).await
}

fn rendered(
    given: &Given,
    body: &[u8],
    beside: &[String],
    for_people: impl Fn(&Value) -> String,
) -> anyhow::Result<Round> {
    let answer = if given.json {
        String::from_utf8_lossy(body).into_owned()
    } else {
        for_people(&serde_json::from_slice(body)?)
    };
    Ok(Round { answer, beside: Some(beside.join("\n")), exit: Exit::Done })
}

/// Where each region's answer came from, and which regions are missing, and why.
fn beside(regional: &RegionalAnswers) -> Vec<String> {
    let answered = regional.answers.iter().map(|(region, answer)| format!("{region}: {}", whence(answer)));
    let failed = regional
        .failed
        .iter()
        .map(|(region, problem)| format!("{region}: error: {} ({})", problem.detail(), problem.code().name()));
    answered.chain(failed).collect()
}

/// What is there is no whole answer if a region is missing, so the code is the first one's. A watch goes on: the others
/// are worth it, and the missing one may come back.
fn exit_of(regional: &RegionalAnswers, get: &Get) -> Exit {
    let ends = regional.failed.first().filter(|_| get.watch.watch.is_none());
    ends.map_or(Exit::Done, |(_, problem)| exit::of_code(problem.code()))
}

/// Where it came from and how old it is.
fn whence(answer: &Answer) -> String {
    let origin = match answer.origin {
        Origin::Memory => "from memory",
        Origin::Store => "from the store",
        Origin::Upstream { .. } => "from AWS",
    };
    let why = match &answer.freshness {
        Freshness::Fresh => String::new(),
        Freshness::StaleWhileRevalidate => "; past its TTL, and being refreshed".to_owned(),
        Freshness::StaleIfError(failure) => format!("; past its TTL, since AWS failed: {failure}"),
    };
    format!("{origin}, {} old{why}", seconds(answer.age.as_secs()))
}
