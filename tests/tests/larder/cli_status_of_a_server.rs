//! `larder cache status --url`: what a running server has, which may be in its memory alone.

use std::collections::BTreeMap;

use larder_tests::{Finished, Program};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;

async fn status(url: &str, more: &[&str], env: &[(&str, &str)]) -> Finished {
    let args = [&["cache", "status", "--url", url], more].concat();
    Program::run("larder", &args, env).await.expect("it ends")
}

fn told(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"))
}

/// A server that gives these answers, one after another, and what it was asked with.
async fn answering(answers: Vec<(&'static str, String)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let asked = tokio::spawn(async move {
        let mut heads = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("a whole head"));
            }
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.expect("it is read");
            heads.push(String::from_utf8(head).expect("ASCII"));
        }
        heads
    });
    (url, asked)
}

async fn refusing(status: &'static str, body: &str) -> (String, JoinHandle<Vec<String>>) {
    answering(vec![(status, body.to_owned())]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_what_is_in_the_servers_memory_and_what_it_counted() {
    let cloud = Cloud::start().await;
    let door = Door::serve(&["--store", "memory"], &cloud.env(FIRST, &[])).await;
    let Door::Serve { url, .. } = &door else { panic!("it serves") };
    for path in ["/ec2/subnets?region=us-east-1", "/ec2/subnets?region=us-east-1", "/ec2/subnets?region=us-west-2"] {
        assert_eq!(door.get(path).await.status, 200);
    }
    let finished = status(url, &["--detailed", "--recent-entries", "1", "--json"], &[]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let told = told(&finished);
    let subnets = &told["dataTypes"]["ec2-subnets"];
    assert_eq!((&told["store"], &subnets["entries"], &subnets["withinTtl"]), (&"memory".into(), &2.into(), &2.into()));
    let scopes = subnets["scopes"].as_array().expect("detailed").iter();
    let scopes: BTreeMap<_, _> = scopes.map(|it| (it["region"].as_str(), it["entries"].as_u64())).collect();
    assert_eq!(scopes, [(Some("us-east-1"), Some(1)), (Some("us-west-2"), Some(1))].into());
    let memory = &told["process"]["dataTypes"]["ec2-subnets"]["memory"];
    assert_eq!((&memory["hits"], &memory["misses"]), (&1.into(), &2.into()), "{memory}");
    assert!(memory["latencyMicros"]["count"] == 3, "{memory}");
    let recent = told["recentEntries"].as_array().expect("a list");
    assert_eq!(recent.iter().map(|entry| &entry["region"]).collect::<Vec<_>>(), ["us-west-2"], "the newest");

    let people = status(url, &["--detailed", "--recent-entries", "1"], &[]).await.stdout;
    for part in [url.as_str(), "us-west-2", "ec2-subnets#us-west-2#111122223333", "99 % WITHIN", "AWS"] {
        assert!(people.contains(part), "{part} is not in\n{people}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_summed_up() {
    let stats = json!({
        "scope": "process", "since": "2026-01-01T00:00:00Z", "memoryBytes": 0, "dataTypes": {}, "events": {},
        "store": {"health": "ok", "description": "dynamodb:shared"},
    });
    let entry = json!({
        "key": "ec2-subnets#us-east-1#111122223333", "dataType": "ec2-subnets", "region": "us-east-1",
        "accountId": "111122223333", "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-01T01:00:00Z",
        "usedAt": null, "size": 1000,
    });
    let first = json!({"entries": [entry], "nextCursor": "b64_-"});
    let last = json!({"entries": [entry, entry]});
    let answers = [stats, first, last].map(|body| ("200 OK", body.to_string()));
    let (url, asked) = answering(answers.into()).await;
    let told = told(&status(&url, &["--json"], &[]).await);
    let subnets = &told["dataTypes"]["ec2-subnets"];
    assert_eq!((&subnets["entries"], &subnets["bytes"]), (&3.into(), &3_000.into()), "{told}");
    assert!(told.get("recentEntries").is_none() && told.get("process").is_none(), "{told}");
    let heads = asked.await.expect("it was asked");
    let lines: Vec<_> = heads.iter().filter_map(|head| head.lines().next()).collect();
    let pages = ["GET /cache/entries?limit=1000 HTTP/1.1", "GET /cache/entries?limit=1000&cursor=b64_- HTTP/1.1"];
    assert_eq!(lines[1..], pages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_sent_and_its_refusal_told_from_its_absence() {
    let (url, asked) = refusing("401 Unauthorized", r#"{"message":"Unauthorized"}"#).await;
    let refused = status(&url, &[], &[("LARDER_TOKEN", "eyJh.eyJz.c2ln")]).await;
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(refused.stderr.contains("expired") && !refused.stderr.contains("eyJ"), "{refused:?}");
    let head = asked.await.expect("it was asked").concat();
    assert!(
        head.starts_with("GET /cache/stats ") && head.contains("authorization: Bearer eyJh.eyJz.c2ln\r\n"),
        "{head}"
    );

    let (url, asked) = refusing("401 Unauthorized", "").await;
    let without = status(&url, &[], &[]).await;
    assert_eq!(without.status.code(), Some(4), "{without:?}");
    assert!(without.stderr.contains("--token-file"), "{without:?}");
    assert!(!asked.await.expect("it was asked").concat().contains("authorization"));

    let body = r#"{"code": "FORBIDDEN", "detail": "This needs a token with the scope larder/read."}"#;
    let (url, _) = refusing("403 Forbidden", body).await;
    let forbidden = status(&url, &[], &[("LARDER_TOKEN", "eyJh.eyJz.c2ln")]).await;
    assert_eq!(forbidden.status.code(), Some(4), "{forbidden:?}");
    assert!(forbidden.stderr.contains("the scope larder/read"), "{forbidden:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_larder_is_said_to_be_none() {
    let (url, _) = refusing("200 OK", "<html>").await;
    let other = status(&url, &[], &[]).await;
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    assert!(other.stderr.contains("is no Larder"), "{other:?}");

    let nobody = status("http://127.0.0.1:1", &[], &[]).await;
    assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
    assert!(nobody.stderr.contains("nothing listens on http://127.0.0.1:1"), "{nobody:?}");
}
