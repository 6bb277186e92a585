use std::collections::BTreeSet;

use larder_sources::DATA_TYPES;

use super::*;
use crate::history_queries::{HISTORY_QUERIES, HistoryQuery};
use crate::inventory::INVENTORY;
use crate::problem::Code;

async fn document() -> Value {
    get(&TestApp::new(), "/openapi.json").await.json()
}

#[tokio::test]
async fn every_route_is_in_it_and_no_other() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths: BTreeSet<_> = document["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    let own = ["/cache/entries", "/cache/invalidate", "/cache/stats", "/health", "/openapi.json"];
    let of_runtime = ["/runtime/servers", "/runtime/servers/{instanceId}"];
    let of_history = ["/history/syncs", "/history/status", "/api/cost-data", "/api/cost-data/sync"];
    let own = own.into_iter().chain(of_runtime).chain(of_history).map(str::to_owned);
    let of_inventory = INVENTORY.iter().flat_map(|kind| [kind.path, kind.sync_path]).map(str::to_owned);
    let of_queries = HISTORY_QUERIES.iter().map(HistoryQuery::path);
    let rows = DATA_TYPES.iter().map(|row| row.path.to_owned());
    let expected: BTreeSet<_> = rows.chain(own).chain(of_inventory).chain(of_queries).collect();
    assert_eq!(paths, expected.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document().await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > DATA_TYPES.len());
    for reference in found {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn operations_are_named_once_and_say_their_problems() {
    let document = document().await;
    let mut names = BTreeSet::new();
    let mut said = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            assert!(names.insert(operation["operationId"].as_str().expect("a name")), "{path}");
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(problem, status.starts_with(['4', '5']), "{path} {status}");
                said.extend(response["description"].as_str().expect("words").split([' ', ':']).map(str::to_owned));
            }
        }
    }
    // These answer what is no operation, or belong to the program.
    let elsewhere = [Code::NotFound, Code::MethodNotAllowed, Code::InvalidKey];
    for code in Code::ALL.iter().filter(|code| !elsewhere.contains(code)) {
        assert!(said.contains(code.name()), "{} is in no operation", code.name());
    }
}
