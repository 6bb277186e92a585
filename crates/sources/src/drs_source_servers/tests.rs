use serde_json::{Value, json};

use crate::scripted_aws::{ACCOUNT, Reply, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("drs-source-servers").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

/// A server with all that DRS may say of it.
fn server() -> Value {
    json!({
        "sourceServerID": "s-2", "arn": "arn:aws:drs:us-east-1:111122223333:source-server/s-2",
        "recoveryInstanceId": "i-0123456789abcdef0", "lastLaunchResult": "SUCCEEDED",
        "tags": {"b": "2", "a": ""},
        "dataReplicationInfo": {"dataReplicationState": "CONTINUOUS", "lagDuration": "PT12S"},
        "lifeCycle": {
            "addedToServiceDateTime": "2026-01-01T00:00:00Z", "firstByteDateTime": "2026-01-01T01:00:00Z",
            "lastSeenByServiceDateTime": "2026-07-01T00:00:00Z",
            "lastLaunch": {"status": "LAUNCHED", "initiated": {
                "type": "DRILL", "apiCallDateTime": "2026-06-01T00:00:00Z", "jobID": "drsjob-1"}},
        },
        "sourceProperties": {
            "identificationHints": {"hostname": "web-1", "fqdn": "web-1.example.com"},
            "os": {"fullString": "Ubuntu 22.04"}, "ramBytes": 8_589_934_592_i64,
            "cpus": [{"cores": 4, "modelName": "x"}, {"cores": 4}],
        },
        "stagingArea": {"status": "EXTENDED", "stagingAccountID": "444455556666"},
    })
}

#[tokio::test]
async fn a_server_has_these_fields() {
    let script = scripted(|asked| match asked.before {
        0 => Reply::Http(200, json!({"items": [server()], "nextToken": "two"}).to_string()),
        _ => {
            assert!(asked.body.contains("\"nextToken\":\"two\""), "{}", asked.body);
            Reply::Http(200, json!({"items": [{"sourceServerID": "s-1"}]}).to_string())
        }
    });
    let unknown_times = json!({"addedToServiceDateTime": null, "firstByteDateTime": null,
        "lastSeenByServiceDateTime": null, "lastLaunch": null});
    let expected = json!({"status": "INITIALIZED", "sourceServers": [
        {"sourceServerId": "s-1", "arn": null, "hostname": null, "fqdn": null, "os": null, "cpuCores": null,
            "ramBytes": null, "recoveryInstanceId": null, "replicationState": null, "lagDuration": null,
            "lastLaunchResult": null, "lifeCycle": unknown_times, "stagingAccountId": null, "extended": null,
            "tags": {}},
        {"sourceServerId": "s-2", "arn": "arn:aws:drs:us-east-1:111122223333:source-server/s-2",
            "hostname": "web-1", "fqdn": "web-1.example.com", "os": "Ubuntu 22.04", "cpuCores": 8,
            "ramBytes": 8_589_934_592_i64, "recoveryInstanceId": "i-0123456789abcdef0",
            "replicationState": "CONTINUOUS", "lagDuration": "PT12S", "lastLaunchResult": "SUCCEEDED",
            "lifeCycle": {"addedToServiceDateTime": "2026-01-01T00:00:00Z",
                "firstByteDateTime": "2026-01-01T01:00:00Z", "lastSeenByServiceDateTime": "2026-07-01T00:00:00Z",
                "lastLaunch": {"type": "DRILL", "status": "LAUNCHED",
                    "initiatedDateTime": "2026-06-01T00:00:00Z", "jobId": "drsjob-1"}},
            "stagingAccountId": "444455556666", "extended": true, "tags": {"a": "", "b": "2"}},
    ]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
    assert_eq!(script.asked().len(), 2);
}

#[rstest::rstest]
#[case("EXTENDED", "444455556666", true)]
#[case("EXTENSION_ERROR", "444455556666", true)]
#[case("EXTENDED", ACCOUNT, false)]
#[case("NOT_EXTENDED", ACCOUNT, false)]
#[tokio::test]
async fn a_server_is_extended_if_it_replicates_into_another_account(
    #[case] status: &'static str,
    #[case] staging: &'static str,
    #[case] extended: bool,
) {
    let script = scripted(move |_| {
        let mut server = server();
        server["stagingArea"] = json!({"status": status, "stagingAccountID": staging});
        Reply::Http(200, json!({"items": [server]}).to_string())
    });
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(answer["sourceServers"][0]["extended"], extended);
    assert_eq!(answer["sourceServers"][0]["stagingAccountId"], staging);
}

#[tokio::test]
async fn the_cores_are_unknown_if_those_of_one_cpu_are() {
    for cpus in [json!([]), json!([{"cores": 4}, {"modelName": "x"}])] {
        let script = scripted(move |_| {
            let mut server = server();
            server["sourceProperties"]["cpus"] = cpus.clone();
            Reply::Http(200, json!({"items": [server]}).to_string())
        });
        let answer = fetch(&script.aws()).await.expect("an answer");
        assert_eq!(answer["sourceServers"][0]["cpuCores"], Value::Null);
    }
}

#[tokio::test]
async fn an_account_that_never_used_drs_has_no_servers_and_says_so() {
    let refused = json!({"__type": "UninitializedAccountException", "message": "because"}).to_string();
    let script = scripted(move |_| Reply::Http(400, refused.clone()));
    let expected = json!({"sourceServers": [], "status": "NOT_INITIALIZED"});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
}

#[tokio::test]
async fn what_is_not_whole_is_no_answer() {
    let nameless = json!({"items": [{"arn": "arn:aws:drs:us-east-1:111122223333:source-server/s-2"}]});
    let endless = json!({"items": [server()], "nextToken": "again"});
    for (answer, kind) in [(nameless, FailureKind::Malformed), (endless, FailureKind::EndlessPages)] {
        let script = scripted(move |_| Reply::Http(200, answer.to_string()));
        assert_eq!(fetch(&script.aws()).await.expect_err("not whole").kind, kind);
    }
}
