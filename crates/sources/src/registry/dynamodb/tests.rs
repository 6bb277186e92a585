use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use larder_tests::DynamoDbLocal;

use super::*;

async fn table(name: &str) -> DynamoDbAccounts {
    let client = DynamoDbLocal::shared().await.client();
    let key = KeySchemaElement::builder().attribute_name(HASH_KEY).key_type(KeyType::Hash).build();
    let attribute =
        AttributeDefinition::builder().attribute_name(HASH_KEY).attribute_type(ScalarAttributeType::S).build();
    let create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(key.expect("whole")).attribute_definitions(attribute.expect("whole"));
    create.send().await.expect("a new table");
    DynamoDbAccounts::new(client, name)
}

fn registered(id: &str, name: &str) -> RegisteredAccount {
    let entry = AccountEntry {
        account_id: id.to_owned(),
        name: Some(name.to_owned()),
        role_arn: Some(format!("arn:aws:iam::{id}:role/larder-read")),
        external_id: Some("larder-6666".to_owned()),
        regions: vec!["us-east-1".to_owned()],
    };
    entry.try_into().expect("it is right")
}

async fn list(accounts: &DynamoDbAccounts) -> Vec<RegisteredAccount> {
    accounts.list().await.expect("it is read").to_vec()
}

async fn put_item(accounts: &DynamoDbAccounts, attributes: &[(&str, AttributeValue)]) {
    let item = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let put = accounts.client.put_item().table_name(&accounts.table).set_item(Some(item));
    put.send().await.expect("it is written");
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn what_is_put_is_listed_until_it_is_removed() {
    let accounts = table("accounts-put").await;
    assert_eq!(list(&accounts).await, []);
    let [c, b, a] = ["333333333333", "222222222222", "111111111111"].map(|id| registered(id, "production"));
    for account in [&c, &b, &a] {
        assert_eq!(accounts.put(account).await, Ok(false));
    }
    assert_eq!(list(&accounts).await, [a.clone(), b.clone(), c.clone()], "by id");
    let renamed = registered(b.id().as_str(), "staging");
    assert_eq!(accounts.put(&renamed).await, Ok(true));
    assert_eq!(accounts.remove(a.id()).await, Ok(true));
    assert_eq!(accounts.remove(a.id()).await, Ok(false));
    assert_eq!(list(&accounts).await, [renamed, c]);
}

#[tokio::test]
async fn every_page_of_a_large_table_is_read() {
    let accounts = table("accounts-pages").await;
    // A page of a scan holds 1 MB: 30 items of 100 KB take at least three.
    for number in 0..30 {
        let id = format!("{number:012}");
        let ballast = text(&"x".repeat(100_000));
        put_item(&accounts, &[("accountId", text(&id)), ("ballast", ballast)]).await;
    }
    assert_eq!(list(&accounts).await.len(), 30);
}

#[tokio::test]
async fn an_item_that_is_no_account_hides_no_other_and_makes_no_short_list() {
    let accounts = table("accounts-broken").await;
    let sound = registered("444455556666", "production");
    accounts.put(&sound).await.expect("it is written");
    put_item(&accounts, &[("accountId", text("nobody"))]).await;
    put_item(&accounts, &[("accountId", text("111111111111")), ("regions", text("us-east-1"))]).await;
    let role = text("arn:aws:iam::444455556666:role/larder-read");
    put_item(&accounts, &[("accountId", text("222222222222")), ("roleArn", role)]).await;
    assert_eq!(accounts.find(sound.id()).await, Ok(Some(sound.clone())));
    let error = accounts.list().await.expect_err("it would be a short list");
    assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Malformed, SCAN));
    let wrong = AccountId::parse("222222222222").expect("12 digits");
    let error = accounts.find(&wrong).await.expect_err("it is no account");
    assert!(error.kind == FailureKind::Malformed && error.message.contains("a role of another account"), "{error}");
    let entries = accounts.entries().await.expect("it is read");
    let mut wrong: Vec<_> = entries.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    wrong.sort();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].starts_with("\"nobody\" is not an account"), "{wrong:?}");
    assert!(wrong[1].contains("a role of another account"), "{wrong:?}");
    assert!(wrong[2].contains("account \"111111111111\" can't be read"), "{wrong:?}");
}

#[tokio::test]
async fn an_item_that_people_wrote_may_have_sets_nulls_and_more() {
    let accounts = table("accounts-by-hand").await;
    let regions = AttributeValue::Ss(["us-west-2", "us-east-1"].map(str::to_owned).to_vec());
    let more = AttributeValue::N("7".to_owned());
    let attributes =
        [("accountId", text("444455556666")), ("regions", regions), ("name", AttributeValue::Null(true)), ("x", more)];
    put_item(&accounts, &attributes).await;
    let list = list(&accounts).await;
    assert_eq!((list[0].name(), list[0].regions().len()), (None, 2));
}

#[tokio::test]
async fn what_another_process_wrote_counts_at_once() {
    let (ours, theirs) = (table("accounts-now").await, DynamoDbLocal::shared().await.client());
    let theirs = DynamoDbAccounts::new(theirs, "accounts-now");
    let account = registered("444455556666", "production");
    assert_eq!(ours.find(account.id()).await, Ok(None));
    theirs.put(&account).await.expect("it is written");
    assert_eq!(ours.find(account.id()).await, Ok(Some(account.clone())));
    theirs.remove(account.id()).await.expect("it is removed");
    assert_eq!(ours.find(account.id()).await, Ok(None));
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named_by_its_operation() {
    let client = DynamoDbLocal::shared().await.client();
    let accounts = DynamoDbAccounts::new(client, "accounts-nowhere");
    let account = AccountId::parse("444455556666").expect("12 digits");
    let listed = accounts.list().await.expect_err("no such table");
    let found = accounts.find(&account).await.expect_err("no such table");
    for (error, operation) in [(listed, SCAN), (found, GET_ITEM)] {
        assert_eq!(error.operation, operation);
        assert!(error.is_rejected_with("ResourceNotFoundException"), "{error}");
    }
}
