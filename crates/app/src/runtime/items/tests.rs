use std::sync::Arc;

use larder_tests::{DynamoDbLocal, create_runtime_table};

use super::*;

async fn dynamodb(name: &str) -> DynamoDbItems {
    let client = DynamoDbLocal::shared().await.client();
    create_runtime_table(&client, name).await.expect("a new table");
    DynamoDbItems::new(client, name)
}

fn item(hash: &str, range: &str, version: u64) -> Item {
    let expires = Some(Second::of_unix(4_000_000_000)).filter(|_| range.contains('b'));
    Item {
        hash: hash.to_owned(), range: range.to_owned(), body: format!("{{\"{version}\": \"ä\"}}"), version, expires
    }
}

async fn check(items: Arc<dyn Items>) {
    assert_eq!(items.get("i-1", "a").await, Ok(None));
    items
        .put(vec![item("i-1", "b", 0), item("i-1", "a", 0), item("i-2", "a", 0), item("i-1", "b", 0)])
        .await
        .expect("twice");
    assert_eq!(items.get("i-1", "b").await, Ok(Some(item("i-1", "b", 0))));
    assert_eq!(items.between("i-1", "a", "b").await, Ok(vec![item("i-1", "a", 0), item("i-1", "b", 0)]));
    assert_eq!(items.between("i-1", "aa", "~").await, Ok(vec![item("i-1", "b", 0)]));
    items.remove("i-1", "a").await.expect("it is there");
    items.remove("i-1", "a").await.expect("it is not there");
    assert_eq!(items.get("i-1", "a").await, Ok(None));
    for (given, version, is_replaced) in
        [(1, Some(0), false), (1, None, true), (1, None, false), (2, Some(1), true), (3, Some(1), false)]
    {
        assert_eq!(items.replace(item("i-3", "c", given), version).await, Ok(is_replaced), "{given} over {version:?}");
    }
    assert_eq!(items.get("i-3", "c").await, Ok(Some(item("i-3", "c", 2))));
    let many: Vec<_> =
        (0..130).map(|index| Item { body: "x".repeat(20_000), ..item("i-4", &format!("e{index:03}"), 0) }).collect();
    items.put(many.clone()).await.expect("several batches");
    assert!(items.between("i-4", "e", "e~").await == Ok(many.clone()), "of several pages");
    assert!(items.first_between("i-4", ("e001", "e~"), 2).await == Ok(many[1..3].to_vec()));
}

#[tokio::test]
async fn dynamodb_keeps_items() {
    check(Arc::new(dynamodb("runtime-items").await)).await;
}

#[tokio::test]
async fn sqlite_keeps_items_also_when_it_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("larder").join("runtime.sqlite");
    check(Arc::new(SqliteItems::open(&file).await.expect("a new file"))).await;
    let items = SqliteItems::open(&file).await.expect("the same file");
    assert_eq!(items.get("i-2", "a").await, Ok(Some(item("i-2", "a", 0))));
    items.put(vec![Item { expires: Some(Second::of_unix(1)), ..item("i-5", "a", 0) }]).await.expect("it is written");
    drop(items);
    let items = SqliteItems::open(&file).await.expect("the same file");
    assert_eq!(items.get("i-5", "a").await, Ok(None), "it has expired");
}

#[tokio::test]
async fn memory_keeps_items_of_its_own() {
    check(Arc::new(SqliteItems::in_memory().await.expect("there is room"))).await;
    check(Arc::new(SqliteItems::in_memory().await.expect("there is room"))).await;
}

#[tokio::test]
async fn memory_outlives_a_question_that_nobody_waits_for() {
    let items = SqliteItems::in_memory().await.expect("there is room");
    let item = item("i-1", "a", 1);
    items.put(vec![item.clone()]).await.expect("it is kept");
    for polls in 0..40 {
        let mut get = std::pin::pin!(items.get("i-1", "a"));
        for _ in 0..polls {
            if futures::poll!(&mut get).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(items.get("i-1", "a").await, Ok(Some(item)));
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let items = DynamoDbItems::new(DynamoDbLocal::shared().await.client(), "runtime-nowhere");
    let said = items.get("i-1", "a").await.expect_err("there is no table").to_string();
    assert!(said.contains("runtime-nowhere (RUNTIME_TABLE_NAME)") && said.contains("ResourceNotFound"), "{said}");
}
