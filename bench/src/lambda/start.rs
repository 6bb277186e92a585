use std::time::Duration;

use anyhow::ensure;

use super::answer::Answer;
use super::deployment::{Deployment, Ec2};
use super::function::BARE_FUNCTION;
use super::question::SMALL;
use super::started::Started;
use crate::arguments::Effort;
use crate::contest::{contest, median};
use crate::figure::Figure;
use crate::row::Row;

const SAMPLES: usize = 10;

/// The resident memory of one side's processes, in bytes.
#[derive(Default)]
struct Resident {
    at_first_poll: Vec<f64>,
    after_an_answer: Vec<f64>,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let (deployment, event) = (Deployment::new("bench-lambda-start", Ec2::Standin).await?, SMALL.event());
    let container = deployment.container().await?;
    container.invoke(&event).await?;
    let answer = Answer::parse(&container.invoke(&event).await?.answer)?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), answer.document())?;
    let file = file.path().display().to_string();

    let (mut ours, mut theirs) = (Resident::default(), Resident::default());
    let comparison = contest(
        effort,
        effort.samples(SAMPLES),
        async || ours.of(deployment.start().await?, &event, &answer).await,
        async || theirs.of(Started::bare(&file).await?, &event, &answer).await,
    );
    let comparison = comparison.await?;
    let bytes = |side: Vec<f64>| Figure::Bytes(median(side.into_iter()));
    Ok(vec![
        Row::of("time to the first poll", comparison, BARE_FUNCTION).at_most(1.5),
        Row::new("memory at the first poll", bytes(ours.at_first_poll), BARE_FUNCTION, bytes(theirs.at_first_poll)),
        Row::new("memory after an answer", bytes(ours.after_an_answer), BARE_FUNCTION, bytes(theirs.after_an_answer)),
    ])
}

impl Resident {
    /// Looks at a process that polls, lets it answer, and looks again; how long its start took.
    async fn of(&mut self, started: Started, event: &bytes::Bytes, answer: &Answer) -> anyhow::Result<Duration> {
        self.at_first_poll.push(started.resident()? as f64);
        let given = Answer::parse(&started.api.invoke(event.clone()).await?.answer)?;
        ensure!(given.body().len() == answer.body().len(), "it gives another body");
        self.after_an_answer.push(started.resident()? as f64);
        Ok(started.took)
    }
}
