use std::time::Duration;

use anyhow::bail;
use larder_app::wiring::configured_region;
use larder_app::{
    Answer, App, Directives, Freshness, Origin, Principal, Question, RegionalAnswers, Reply, data_type_of_text,
};
use serde_json::Value;

use crate::arguments::Get;
use crate::exit::{self, Exit};
use crate::output::{seconds, width};
use crate::progress::Progress;
use crate::session::{Given, open_once};
use crate::watch::{self, Round};

mod tables;

/// Whether this process asked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    First,
    Again,
}

/// Asks one question.
pub(crate) async fn run(given: &Given, get: &Get) -> anyhow::Result<Exit> {
    let data_type = data_type_of_text(&get.data_type)?;
    let app = open_once(given, &get.store).await?;
    if let (Some(_), Some(reason)) = (get.watch.watch, &app.store().reason) {
        bail!("--watch would ask AWS each time, since nothing can be kept: {reason}");
    }
    let region = match get.regions.named()? {
        Some(regions) => Some(regions.to_string()),
        None if data_type.scope.has_region() => match configured_region().await {
            Some(configured) => Some(configured.region()?.to_string()),
            None => None,
        },
        None => None,
    };
    let question = Question { data_type, region: region.as_deref(), account: get.account.as_deref() };
    let mut directives = Directives { max_age: get.fresh.then_some(Duration::ZERO), ..Directives::default() };
    let mut asked = Asked::First;
    let round = async |_: &Progress| {
        let reply = app.queries().ask(&Principal::local(), &question, &directives).await?;
        directives = Directives::default();
        let (width, asked) = (width(), std::mem::replace(&mut asked, Asked::Again));
        match reply {
            Reply::One(answer) => {
                let beside = [Some(whence(&answer, asked)), note(&app, [&answer]).await];
                let beside: Vec<_> = beside.into_iter().flatten().collect();
                rendered(given, &answer.value, &beside, |value| tables::of_one(data_type, value, width))
            }
            Reply::Regional(regional) => {
                let mut beside = beside(&regional, asked);
                beside.extend(note(&app, regional.answers.iter().map(|(_, answer)| answer)).await);
                let round =
                    rendered(given, &regional.body()?, &beside, |value| tables::by_region(data_type, value, width))?;
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
fn beside(regional: &RegionalAnswers, asked: Asked) -> Vec<String> {
    let answered = regional.answers.iter().map(|(region, answer)| format!("{region}: {}", whence(answer, asked)));
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

/// That nothing was kept of answers that AWS was asked for, and why, as far as that is known.
async fn note(app: &App, answers: impl IntoIterator<Item = &Answer>) -> Option<String> {
    let not_kept = |answer: &Answer| matches!(answer.origin, Origin::Upstream { stored: false, .. });
    if !answers.into_iter().any(not_kept) {
        return None;
    }
    let store = app.store();
    if let Some(reason) = &store.reason {
        return Some(format!("note: nothing is cached: {reason}"));
    }
    let description = &store.description;
    Some(match app.cache().epoch().await {
        Err(error) => format!("note: nothing is cached: {description}: {error}"),
        Ok(_) => format!("note: {description} did not keep it; larder doctor tells how the store is"),
    })
}

/// Where it came from and how old it is. What a process has in memory when it first asks, it has just read.
fn whence(answer: &Answer, asked: Asked) -> String {
    let origin = match (answer.origin, asked) {
        (Origin::Memory, Asked::Again) => "from memory",
        (Origin::Store, _) | (Origin::Memory, Asked::First) => "from the store",
        (Origin::Upstream { .. }, _) => "from AWS",
    };
    let why = match &answer.freshness {
        Freshness::Fresh => String::new(),
        Freshness::StaleWhileRevalidate => "; past its TTL, and being refreshed".to_owned(),
        Freshness::StaleIfError(failure) => format!("; past its TTL, since AWS failed: {failure}"),
    };
    format!("{origin}, {} old{why}", seconds(answer.age.as_secs()))
}

#[cfg(test)]
mod tests {
    use larder_app::Content;

    use super::*;

    #[test]
    fn only_who_asked_before_has_an_answer_in_memory() {
        let answer = |origin| {
            let lifetime = Duration::from_secs(300);
            let content = Content { value: b"{}".to_vec().into(), etag: "".into(), lifetime, created_at: 0 };
            Answer::of(content, Duration::from_secs(400), origin, Freshness::StaleWhileRevalidate)
        };
        let words = |origin, asked| whence(&answer(origin), asked);
        assert!(words(Origin::Memory, Asked::First).starts_with("from the store, 6 min old; past its TTL"));
        assert!(words(Origin::Memory, Asked::Again).starts_with("from memory"));
        assert!(words(Origin::Store, Asked::Again).starts_with("from the store"));
    }
}
