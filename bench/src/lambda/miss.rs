use super::answer::Answer;
use super::deployment::{Deployment, Ec2};
use super::function::BARE_FUNCTION;
use super::question::invalidate_everything;
use super::regions::Regions;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::figure::Figure;
use crate::row::Row;

/// One container that is asked for region after region, and told in between that everything is old. Upstream is a
/// stand-in that answers at once: what is measured is what Larder adds to AWS.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let deployment = Deployment::new("bench-lambda-miss", Ec2::Standin).await?;
    let container = deployment.container().await?;
    let regions = Regions::ask(&container).await?;
    let invalidate = invalidate_everything();
    let (mut asked, mut bare) = (0, 0);
    let comparison = contest(
        effort,
        effort.samples(20),
        async || {
            let region = asked % regions.count();
            if region == 0 {
                Answer::parse(&container.invoke(&invalidate).await?.answer)?;
            }
            asked += 1;
            regions.measure(region, &container, "fwd=miss").await
        },
        async || {
            bare = (bare + 1) % regions.count();
            regions.measure_bare(bare).await
        },
    );
    let size = Figure::Bytes(regions.bytes() as f64).to_string();
    Ok(vec![Row::of(size, comparison.await?, BARE_FUNCTION)])
}
