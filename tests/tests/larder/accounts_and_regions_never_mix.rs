use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::{DATA_TYPES, DataType};
use larder_tests::{Claims, DynamoDbLocal, create_accounts_table, http_event};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, SECOND, table};
use crate::door::{Door, Reply, http_reply};

const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

/// The data types that are asked by account and region.
fn of_both() -> impl Iterator<Item = &'static DataType> {
    DATA_TYPES.iter().filter(|row| row.scope.has_account() && row.scope.has_region())
}

/// `larder serve` and the file that registers the second account by its role.
async fn serve(cloud: &Cloud, role_arn: &str) -> (Door, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let (second, store) = (cloud.account(SECOND), folder.path().join("cache.sqlite"));
    let (id, external_id) = (second.id(), second.external_id());
    let file = format!(
        "[[accounts]]\naccount_id = \"{id}\"\nname = \"second\"\nrole_arn = \"{role_arn}\"\nexternal_id = \"{external_id}\"\n"
    );
    let path = folder.path().join("larder.toml");
    std::fs::write(&path, file).expect("the file is written");
    let (path, store) = (path.display().to_string(), format!("sqlite:{}", store.display()));
    (Door::serve(&["--config", &path, "--store", &store], &cloud.env(FIRST, &[])).await, folder)
}

/// `query-handler` with the second account in a table.
async fn function(cloud: &Cloud) -> Door {
    let (cache, endpoint) = table().await;
    let accounts = format!("{cache}-accounts");
    let client = DynamoDbLocal::shared().await.client();
    create_accounts_table(&client, &accounts).await.expect("the table is made");
    let second = cloud.account(SECOND);
    let text = |text: String| AttributeValue::S(text);
    let item = client.put_item().table_name(&accounts).item("accountId", text(second.id().to_string()));
    let item = item.item("roleArn", text(second.role_arn())).item("externalId", text(second.external_id()));
    item.send().await.expect("the account is registered");
    let more =
        [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*cache), ("ACCOUNTS_TABLE_NAME", &*accounts)];
    Door::function(&cloud.env(FIRST, &more)).await
}

fn path(row: &DataType, region: &str, account: &str) -> String {
    format!("{}?region={region}&accountId={account}", row.path)
}

/// The ids of a list, or the whole answer.
fn resources(row: &DataType, answer: &Value) -> BTreeSet<String> {
    let Some(shape) = row.list else { return BTreeSet::from([answer.to_string()]) };
    let items = answer[shape.member].as_array().unwrap_or_else(|| panic!("no list: {answer}"));
    items.iter().map(|item| item[shape.id].as_str().expect("an id").to_owned()).collect()
}

async fn counted(door: &Door, row: &DataType, layer: &str, counter: &str) -> u64 {
    let stats = door.get("/cache/stats").await.json();
    stats["dataTypes"][row.name][layer][counter].as_u64().unwrap_or_else(|| panic!("no {layer}.{counter}: {stats}"))
}

async fn check(cloud: &Cloud, door: &Door) {
    let accounts = [FIRST, SECOND].map(|number| cloud.account(number).id().to_string());
    let asked: Vec<_> = accounts.iter().flat_map(|account| REGIONS.map(|region| (account.as_str(), region))).collect();
    for row in of_both() {
        let mut seen: Vec<(BTreeSet<String>, String)> = Vec::new();
        for (nth, (account, region)) in asked.iter().enumerate() {
            let reply = door.get(&path(row, region, account)).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            assert!(reply.cache_status().contains("fwd=miss"), "another's answer was found: {reply:?}");
            let ids = resources(row, &reply.json());
            assert!(!ids.is_empty(), "{row:?} {account} {region} proves nothing: it is empty");
            assert!(seen.iter().all(|(others, _)| others.is_disjoint(&ids)), "{row:?} {account} {region}: {reply:?}");
            seen.push((ids, reply.text));
            let upstream = counted(door, row, "upstream", "hits").await;
            assert_eq!(upstream, nth as u64 + 1, "every account and region counts its own fetch");
        }
        let again = by_hit(door, row, &asked).await;
        assert!(seen.iter().map(|(_, text)| text).eq(&again), "{row:?}: each is kept as it was");
        by_key(door, row, &asked).await;
        by_region(door, row, &accounts[1], &again[2..]).await;
        by_invalidation(door, row, &asked).await;
    }
}

/// Each is a hit now, of the memory, and counted as one.
async fn by_hit(door: &Door, row: &DataType, asked: &[(&str, &str)]) -> Vec<String> {
    let before = counted(door, row, "memory", "hits").await;
    let mut texts = Vec::new();
    for (account, region) in asked {
        let reply = door.get(&path(row, region, account)).await;
        assert!(reply.cache_status().starts_with("larder; hit"), "{reply:?}");
        texts.push(reply.text);
    }
    assert_eq!(counted(door, row, "memory", "hits").await, before + asked.len() as u64);
    texts
}

async fn by_key(door: &Door, row: &DataType, asked: &[(&str, &str)]) {
    let entries = door.get(&format!("/cache/entries?dataType={}", row.name)).await.json();
    let keys = entries["entries"].as_array().expect("a list").iter();
    let keys: BTreeSet<_> = keys.map(|entry| entry["key"].as_str().expect("a key").to_owned()).collect();
    let expected = asked.iter().map(|(account, region)| format!("{}#{region}#{account}", row.name));
    assert_eq!(keys, expected.collect());
}

/// Several regions of one account are that account's, region by region.
async fn by_region(door: &Door, row: &DataType, account: &str, texts: &[String]) {
    let answer = door.get(&path(row, &REGIONS.join(","), account)).await.json();
    for (region, text) in REGIONS.iter().zip(texts) {
        assert_eq!(answer["regions"][region], serde_json::from_str::<Value>(text).expect("JSON"), "{row:?} {region}");
    }
}

/// To invalidate one's leaves the others' alone.
async fn by_invalidation(door: &Door, row: &DataType, asked: &[(&str, &str)]) {
    let (account, region) = asked[3];
    let body = json!({"dataType": row.name, "region": region, "accountId": account}).to_string();
    assert_eq!(door.invalidate(&body).await.status, 200);
    for (nth, (account, region)) in asked.iter().enumerate() {
        let gone = async || {
            let reply = door.cached(&path(row, region, account)).await;
            Ok(Some(reply.status).filter(|status| (*status == 504) == (nth == 3)))
        };
        larder_tests::wait_until("only that one is gone, past the coherence window", gone).await.expect("it is so");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_serve_with_a_file() {
    let cloud = Cloud::start().await;
    let (door, _folder) = serve(&cloud, &cloud.account(SECOND).role_arn()).await;
    check(&cloud, &door).await;
    assert_eq!(cloud.standin.call_count("sts:AssumeRole"), 1, "one session was enough for all that");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_query_handler_with_a_table() {
    let cloud = Cloud::start().await;
    check(&cloud, &function(&cloud).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_of_one_account_sees_nothing_of_the_other() {
    let cloud = Cloud::start().await;
    let door = function(&cloud).await;
    let [first, second] = [FIRST, SECOND].map(|number| cloud.account(number).id().to_string());
    for account in [&first, &second] {
        assert_eq!(door.get(&format!("/ec2/subnets?region=us-east-1&accountId={account}")).await.status, 200);
    }
    let Door::Function(emulator) = &door else { panic!("it is a function") };
    let claims = Claims::person(&["larder/read"], &[&format!("acct-{second}")]);
    let ask = async |path: &str| -> Reply {
        let event = http_event("GET", path, &[], None, Some(&claims));
        http_reply(&emulator.invoke(&event).await.expect("it answers"))
    };
    for region in ["us-east-1", "us-east-1,us-west-2", "all"] {
        let refused = ask(&format!("/ec2/subnets?region={region}&accountId={first}")).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "FORBIDDEN_ACCOUNT"), "{region}");
        let permitted = ask(&format!("/ec2/subnets?region={region}&accountId={second}")).await;
        assert_eq!(permitted.status, 200, "{permitted:?}");
        assert!(!permitted.text.contains(&first), "{permitted:?}");
    }
    for path in ["/drs/accounts", "/cache/entries"] {
        let reply = ask(path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(reply.text.contains(&second) && !reply.text.contains(&first), "{path}: {reply:?}");
    }
}

/// The role is named with the failure, an old answer is no way out, and the own account is none the worse.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_can_not_be_assumed_is_named() {
    let cloud = Cloud::start().await;
    let role = format!("{}-of-yesterday", cloud.account(SECOND).role_arn());
    let (door, _folder) = serve(&cloud, &role).await;
    let (first, second) = (cloud.account(FIRST), cloud.account(SECOND));
    let refused = door.get(&format!("/ec2/subnets?region=us-east-1&accountId={}", second.id())).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "ACCESS_DENIED"), "{refused:?}");
    assert!(refused.text.contains("sts:AssumeRole") && refused.text.contains(&role), "{refused:?}");
    assert_eq!(door.get(&format!("/ec2/subnets?region=us-east-1&accountId={}", first.id())).await.status, 200);
    assert_eq!(cloud.standin.call_count("ec2:DescribeSubnets"), 1, "the other account was asked by nobody");
}
