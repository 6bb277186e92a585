use larder_tests::wait_until;

use crate::deployment::Deployment;

/// Asked by no other test.
const QUESTION: &str = "/ec2/security-groups?region=eu-west-1";

#[tokio::test]
async fn of_the_same_container_and_no_call_is_made_for_it() {
    let deployment = Deployment::shared().await;
    let calls = || {
        let calls = deployment.standin.calls();
        let of_this =
            |operation: &str, region: &str| operation == "ec2:DescribeSecurityGroups" && region == "eu-west-1";
        calls.iter().filter(|(it, _)| of_this(&it.operation, &it.region)).map(|(_, count)| count).sum::<u64>()
    };
    let first = deployment.get(QUESTION, Some(&deployment.reader)).await;
    assert_eq!((first.status, first.is_from_memory()), (200, false), "{first:?}");
    let made = calls();
    assert!(made > 0, "the first answer comes from AWS");
    // Other tests keep containers busy: the next request may get one that has to look into the table first.
    let warm = async || {
        let reply = deployment.get(QUESTION, Some(&deployment.reader)).await;
        assert_eq!((reply.status, &reply.json), (200, &first.json), "{}", reply.cache_status);
        Ok(reply.is_from_memory().then_some(()))
    };
    wait_until("a container answers from its memory", warm).await.expect("it does");
    assert_eq!(calls(), made, "none was made since");
}
