use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::DataType;
use larder_standin::{Fault, FaultKind};
use larder_tests::{Claims, DynamoDbLocal, create_accounts_table, http_event};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, SECOND, asked_of_aws, table};
use crate::door::{Door, Reply, http_reply};
use crate::sqlite_file::SqliteFile;

const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

/// Whom and what a data type is asked about: an account, and a region where it has regions.
type Scope<'a> = (&'a str, Option<&'static str>);

/// The data types that are asked of AWS by account, and the scopes of two accounts for each.
fn of_accounts<'a>(accounts: &'a [String]) -> impl Iterator<Item = (&'static DataType, Vec<Scope<'a>>)> {
    asked_of_aws().filter(|row| row.scope.has_account()).map(|row| {
        let regions = if row.scope.has_region() { REGIONS.map(Some).to_vec() } else { vec![None] };
        let scopes = accounts.iter().flat_map(|account| regions.iter().map(move |region| (&**account, *region)));
        (row, scopes.collect())
    })
}

/// `larder serve` on a cache file, with another that registers the second account by its role.
async fn serve(cloud: &Cloud, store: &SqliteFile, role_arn: &str, more: &[(&'static str, &str)]) -> Door {
    let second = cloud.account(SECOND);
    let (id, external_id) = (second.id(), second.external_id());
    let file = format!(
        "[[accounts]]\naccount_id = \"{id}\"\nname = \"second\"\nrole_arn = \"{role_arn}\"\nexternal_id = \"{external_id}\"\n"
    );
    let path = store.folder().join("larder.toml");
    std::fs::write(&path, file).expect("the file is written");
    let path = path.display().to_string();
    Door::serve(&["--config", &path, "--store", &store.store()], &cloud.env(FIRST, more)).await
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

fn path(row: &DataType, (account, region): Scope) -> String {
    let region = region.map_or_else(String::new, |region| format!("&region={region}"));
    format!("{}?accountId={account}{region}", row.path)
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
    for (row, asked) in of_accounts(&accounts) {
        let mut seen: Vec<(BTreeSet<String>, String)> = Vec::new();
        for (nth, scope) in asked.iter().enumerate() {
            let reply = door.get(&path(row, *scope)).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            assert!(reply.cache_status().contains("fwd=miss"), "another's answer was found: {reply:?}");
            let ids = resources(row, &reply.json());
            assert!(!ids.is_empty(), "{row:?} {scope:?} proves nothing: it is empty");
            // Every account has the same regions: there, the key and the statistics tell.
            let differ = seen.iter().all(|(others, _)| others.is_disjoint(&ids));
            assert!(differ || row.name == "ec2-regions", "{row:?} {scope:?}: {reply:?}");
            seen.push((ids, reply.text));
            let upstream = counted(door, row, "upstream", "hits").await;
            assert_eq!(upstream, nth as u64 + 1, "every account and region counts its own fetch");
        }
        let again = by_hit(door, row, &asked).await;
        assert!(seen.iter().map(|(_, text)| text).eq(&again), "{row:?}: each is kept as it was");
        by_key(door, row, &asked).await;
        if row.scope.has_region() {
            by_region(door, row, &accounts[1], &again[2..]).await;
        }
        by_invalidation(door, row, &asked).await;
    }
}

/// Each is a hit now, of the memory, and counted as one.
async fn by_hit(door: &Door, row: &DataType, asked: &[Scope<'_>]) -> Vec<String> {
    let before = counted(door, row, "memory", "hits").await;
    let mut texts = Vec::new();
    for scope in asked {
        let reply = door.get(&path(row, *scope)).await;
        assert!(reply.cache_status().starts_with("larder; hit"), "{reply:?}");
        texts.push(reply.text);
    }
    assert_eq!(counted(door, row, "memory", "hits").await, before + asked.len() as u64);
    texts
}

async fn by_key(door: &Door, row: &DataType, asked: &[Scope<'_>]) {
    let entries = door.get(&format!("/cache/entries?dataType={}", row.name)).await.json();
    let keys = entries["entries"].as_array().expect("a list").iter();
    let keys: BTreeSet<_> = keys.map(|entry| entry["key"].as_str().expect("a key").to_owned()).collect();
    let expected = asked.iter().map(|(account, region)| format!("{}#{}#{account}", row.name, region.unwrap_or("-")));
    assert_eq!(keys, expected.collect());
}

/// Several regions of one account are that account's, region by region.
async fn by_region(door: &Door, row: &DataType, account: &str, texts: &[String]) {
    let answer = door.get(&format!("{}?accountId={account}&region={}", row.path, REGIONS.join(","))).await.json();
    for (region, text) in REGIONS.iter().zip(texts) {
        assert_eq!(answer["regions"][region], serde_json::from_str::<Value>(text).expect("JSON"), "{row:?} {region}");
    }
}

/// To invalidate one's leaves the others' alone.
async fn by_invalidation(door: &Door, row: &DataType, asked: &[Scope<'_>]) {
    let last = asked.len() - 1;
    let (account, region) = asked[last];
    let mut body = json!({"dataType": row.name, "accountId": account});
    if let Some(region) = region {
        body["region"] = region.into();
    }
    assert_eq!(door.invalidate(&body.to_string()).await.status, 200);
    for (nth, scope) in asked.iter().enumerate() {
        let gone = async || {
            let reply = door.cached(&path(row, *scope)).await;
            Ok(Some(reply.status).filter(|status| (*status == 504) == (nth == last)))
        };
        larder_tests::wait_until("only that one is gone, past the coherence window", gone).await.expect("it is so");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_serve_with_a_file() {
    let (cloud, store) = (Cloud::start().await, SqliteFile::new());
    let door = serve(&cloud, &store, &cloud.account(SECOND).role_arn(), &[]).await;
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
    let (cloud, store) = (Cloud::start().await, SqliteFile::new());
    let [first, second] = [FIRST, SECOND].map(|number| {
        let account = cloud.account(number).id().to_string();
        format!("/ec2/subnets?region=us-east-1&accountId={account}")
    });
    let (right, stale) = (cloud.account(SECOND).role_arn(), [("LARDER_TTL_EC2_SUBNETS_S", "0")]);
    let old = serve(&cloud, &store, &right, &stale).await.get(&second).await;
    assert_eq!(old.status, 200, "{old:?}");
    cloud.standin.fault(Fault::on("ec2:*", FaultKind::Unavailable));
    let stands_in = serve(&cloud, &store, &right, &stale).await.get(&second).await;
    assert_eq!((stands_in.status, &stands_in.text), (200, &old.text), "{stands_in:?}");
    cloud.standin.clear_faults();

    let calls = cloud.standin.call_count("ec2:DescribeSubnets");
    let wrong = format!("{right}-of-yesterday");
    let door = serve(&cloud, &store, &wrong, &stale).await;
    let refused = door.get(&second).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "ACCESS_DENIED"), "{refused:?}");
    assert!(refused.text.contains("sts:AssumeRole") && refused.text.contains(&wrong), "{refused:?}");
    assert_eq!(door.get(&first).await.status, 200);
    assert_eq!(cloud.standin.call_count("ec2:DescribeSubnets"), calls + 1, "the other account was asked by nobody");
}
