use super::answer::Answer;
use super::deployment::{Deployment, Ec2};
use super::function::{BARE_FUNCTION, Function};
use super::question::Question;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::figure::Figure;
use crate::row::Row;

/// One container and one bare function, asked the same question again and again.
pub(crate) async fn run(effort: Effort, question: Question, at_most: f64) -> anyhow::Result<Vec<Row>> {
    let (table, ec2) = match question.path {
        "/ec2/instance-types" => ("bench-lambda-memory-large", Ec2::Moto),
        _ => ("bench-lambda-memory-small", Ec2::Standin),
    };
    let (deployment, event) = (Deployment::new(table, ec2).await?, question.event());
    let container = deployment.container().await?;
    container.invoke(&event).await?;
    let answer = Answer::parse(&container.invoke(&event).await?.answer)?;
    answer.must_say("hit")?;
    let bare = Function::bare(&answer, &event).await?;
    let comparison = contest(
        effort,
        effort.samples(400),
        async || Ok(container.invoke(&event).await?.took),
        async || Ok(bare.invoke(&event).await?.took),
    );
    let comparison = comparison.await?;
    Answer::parse(&container.invoke(&event).await?.answer)?.must_say("detail=memory")?;
    let size = Figure::Bytes(answer.body().len() as f64).to_string();
    Ok(vec![Row::of(size, comparison, BARE_FUNCTION).at_most(at_most)])
}
