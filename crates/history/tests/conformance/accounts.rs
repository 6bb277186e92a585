use larder_history::CloudAccount;
use rstest::rstest;

use crate::backends::Database;

#[rstest]
#[tokio::test]
async fn the_registry_has_what_was_put_there_last(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let plain =
        CloudAccount { id: "444455556666".to_owned(), name: None, role_arn: None, external_id: None, regions: vec![] };
    let role = "arn:aws:iam::111122223333:role/larder";
    let full = CloudAccount {
        id: "111122223333".to_owned(),
        name: Some("Größe 'Q' \"x\"".to_owned()),
        role_arn: Some(role.to_owned()),
        external_id: Some("ext".to_owned()),
        regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
    };
    assert_eq!(history.accounts().await.expect("answers"), []);
    assert!(!history.put_account(&plain).await.expect("it is put"));
    assert!(!history.put_account(&full).await.expect("it is put"));
    assert_eq!(history.accounts().await.expect("answers"), [full.clone(), plain.clone()]);
    let renamed = CloudAccount { name: Some("new".to_owned()), regions: vec![], ..full };
    assert!(history.put_account(&renamed).await.expect("it is put again"));
    assert!(history.remove_account(&plain.id).await.expect("it was there"));
    assert!(!history.remove_account(&plain.id).await.expect("it is gone"));
    assert_eq!(history.accounts().await.expect("answers"), [renamed]);
}
