use super::deployment::{Deployment, Ec2};
use super::function::Function;
use super::regions::Regions;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::measurements::Outcome;

/// New containers that are asked for what another one has filled. The first answer of each, which makes its clients
/// and opens their connections, is not measured; those of the other regions are.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
    let deployment = Deployment::new("bench-lambda-store", Ec2::Standin).await?;
    let regions = Regions::ask(&deployment.container().await?).await?;
    let mut container: Option<(Function, usize)> = None;
    let mut bare = 0;
    let comparison = contest(
        effort,
        effort.samples(12),
        async || {
            let (asked, region) = match container.take().filter(|(_, last)| last + 1 < regions.count()) {
                Some((asked, last)) => (asked, last + 1),
                None => (started(&deployment, &regions).await?, 1),
            };
            let took = regions.measure(region, &asked, "detail=store").await?;
            container = Some((asked, region));
            Ok(took)
        },
        async || {
            bare = bare % (regions.count() - 1) + 1;
            regions.measure_bare(bare).await
        },
    );
    Ok(Outcome { comparison: comparison.await?, requests: None, bytes: regions.bytes() })
}

/// A container that has given its first answer.
async fn started(deployment: &Deployment, regions: &Regions) -> anyhow::Result<Function> {
    let container = deployment.container().await?;
    regions.measure(0, &container, "detail=store").await?;
    Ok(container)
}
