use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;

use super::answer::Answer;
use super::function::Function;
use super::question::{Question, SUBNETS};

/// One question for each region, with its event, its answer, and a bare function that gives the same.
pub(super) struct Regions(Vec<Region>);

struct Region {
    event: Bytes,
    answer: Answer,
    bare: Function,
}

impl Regions {
    /// Asks a container for every region, which fills the store.
    pub(super) async fn ask(container: &Function) -> anyhow::Result<Self> {
        let mut regions = Vec::new();
        for event in SUBNETS.map(Question::event) {
            let answer = Answer::parse(&container.invoke(&event).await?.answer)?;
            let bare = Function::bare(&answer, &event).await?;
            regions.push(Region { event, answer, bare });
        }
        Ok(Self(regions))
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Asks a container for a region, and checks the answer and where it is from; how long it took.
    pub(super) async fn measure(&self, region: usize, container: &Function, from: &str) -> anyhow::Result<Duration> {
        let invoked = container.invoke(&self.0[region].event).await?;
        let answer = Answer::parse(&invoked.answer)?;
        answer.must_say(from)?;
        ensure!(answer.body() == self.0[region].answer.body(), "the region has another answer than before");
        Ok(invoked.took)
    }

    /// Asks the bare function that gives the region's answer; how long it took.
    pub(super) async fn measure_bare(&self, region: usize) -> anyhow::Result<Duration> {
        Ok(self.0[region].bare.invoke(&self.0[region].event).await?.took)
    }

    /// The length of the answers' bodies, on average.
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|region| region.answer.body().len()).sum::<usize>() / self.count()
    }
}
