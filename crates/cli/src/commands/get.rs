use std::time::Duration;

use larder_app::wiring::ambient_region;
use larder_app::{
    Answer, Directives, Freshness, Origin, Principal, Question, RegionalAnswers, Reply, data_type_of_text,
};
use serde_json::Value;

use crate::arguments::Get;
use crate::exit::{self, Exit};
use crate::output::{complain, say, seconds};
use crate::session::{Given, open_once};

mod tables;

/// Asks one question.
pub(crate) async fn run(given: &Given, get: &Get) -> anyhow::Result<Exit> {
    let data_type = data_type_of_text(&get.data_type)?;
    let app = open_once(given, &get.store).await?;
    let region = match &get.region {
        Some(region) => Some(region.clone()),
        None if data_type.scope.has_region() => ambient_region().await,
        None => None,
    };
    let question = Question { data_type, region: region.as_deref(), account: get.account.as_deref() };
    let directives = Directives { max_age: get.fresh.then_some(Duration::ZERO), ..Directives::default() };
    match app.queries().ask(&Principal::local(), &question, &directives).await? {
        Reply::One(answer) => {
            say_answer(given, &answer.value, |value| tables::of_one(data_type, value))?;
            complain(&whence(&answer));
            Ok(Exit::Done)
        }
        Reply::Regional(regional) => {
            say_answer(given, &regional.body()?, |value| tables::by_region(data_type, value))?;
            regional.answers.iter().for_each(|(region, answer)| complain(&format!("{region}: {}", whence(answer))));
            Ok(said_failures(&regional))
        }
    }
}

fn say_answer(given: &Given, body: &[u8], for_people: impl Fn(&Value) -> String) -> anyhow::Result<()> {
    if given.json {
        say(&String::from_utf8_lossy(body));
    } else {
        say(&for_people(&serde_json::from_slice(body)?));
    }
    Ok(())
}

/// Says which regions are missing, and why. What is there is no whole answer then, so the exit code is the first's.
fn said_failures(regional: &RegionalAnswers) -> Exit {
    for (region, problem) in &regional.failed {
        complain(&format!("{region}: error: {} ({})", problem.detail(), problem.code().name()));
    }
    regional.failed.first().map_or(Exit::Done, |(_, problem)| exit::of_code(problem.code()))
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
