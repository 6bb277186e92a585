use larder_standin::ServerCounts;

use super::world::World;

/// The own account is registered in some of its regions. While nobody knows that, it is not taken for one in all of them.
#[tokio::test(flavor = "multi_thread")]
async fn unread_accounts_table_widens_nothing() {
    let world = World::start("unread", ServerCounts::default()).await;
    let before = world.tables.state().await;
    let body = world.run_without_accounts().await;
    assert_eq!((body["errors"].as_u64(), body["total_servers"].as_u64()), (Some(1), Some(0)), "{body}");
    assert!(body["failed"][0]["reason"].as_str().is_some_and(|reason| reason.contains("dynamodb:Scan")), "{body}");
    assert_eq!(world.tables.state().await, before);
}
