use std::time::Duration;

use futures::future::join_all;
use larder_app::{Environment, SystemEnvironment};
use larder_tests::wait_until;

use crate::deployment::Deployment;
use crate::reply::Reply;

/// Asked by no other test.
const QUESTION: &str = "/ec2/subnets?region=us-east-1";
/// Requests at the same time: a container answers one at a time, so each has a container of its own.
const AT_ONCE: usize = 3;

async fn ask(deployment: &Deployment) -> Vec<Reply> {
    let ask = || deployment.get(QUESTION, Some(&deployment.reader));
    let replies = join_all((0..AT_ONCE).map(|_| ask())).await;
    replies.iter().for_each(|reply| assert_eq!(reply.status, 200, "{reply:?}"));
    replies
}

/// Answers of the stand-in differ by the call that they answer.
#[tokio::test]
async fn once_the_window_is_over_that_it_tells_of() {
    let deployment = Deployment::shared().await;
    let everywhere = async || Ok(Some(ask(deployment).await).filter(|all| all.iter().all(Reply::is_from_memory)));
    let before = wait_until("every container has it in memory", everywhere).await.expect("they do");

    // That is another function than the one whose containers remember.
    let invalidated = deployment.send("POST", "/cache/invalidate", Some(&deployment.admin)).await;
    let clock = SystemEnvironment::new();
    let acknowledged = clock.now().monotonic;
    assert_eq!(invalidated.status, 200, "{invalidated:?}");
    let window = invalidated.json["effectiveWithinMs"].as_u64().expect("it says until when it is effective");

    let afterwards = async || {
        let sent = clock.now().monotonic;
        let replies = ask(deployment).await;
        Ok((sent >= acknowledged + Duration::from_millis(window)).then_some(replies))
    };
    let after = wait_until("the window is over", afterwards).await.expect("it passes");
    for reply in &after {
        assert!(before.iter().all(|it| it.json != reply.json), "an answer from before: {}", reply.cache_status);
    }
}
