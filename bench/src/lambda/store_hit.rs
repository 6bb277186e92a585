use super::deployment::{Deployment, Ec2};
use super::function::{BARE_FUNCTION, Function};
use super::regions::Regions;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::figure::Figure;
use crate::row::Row;

/// New containers that are asked for what another one has filled. The first answer of each, which makes its clients
/// and opens their connections, is not measured; those of the other regions are.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
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
    let size = Figure::Bytes(regions.bytes() as f64).to_string();
    Ok(vec![Row::of(size, comparison.await?, BARE_FUNCTION)])
}

/// A container that has given its first answer.
async fn started(deployment: &Deployment, regions: &Regions) -> anyhow::Result<Function> {
    let container = deployment.container().await?;
    regions.measure(0, &container, "detail=store").await?;
    Ok(container)
}
