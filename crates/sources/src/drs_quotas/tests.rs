use serde_json::{Value, json};

use crate::scripted_aws::{ACCOUNT, Asked, Reply, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("drs-quotas").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn ok(body: &Value) -> Reply {
    Reply::Http(200, body.to_string())
}

fn refused(code: &str) -> Reply {
    Reply::Http(400, json!({"__type": code, "message": "because"}).to_string())
}

/// 201 servers of which 200 replicate here, one job of three servers, and no quota but the one given.
fn fleet(asked: &Asked, quota: f64) -> Reply {
    match asked.operation.as_str() {
        "DescribeSourceServers" => {
            let server = |account: &str, status: &str| {
                json!({"dataReplicationInfo": {"dataReplicationState": "CONTINUOUS"},
                    "stagingArea": {"status": status, "stagingAccountID": account}})
            };
            let mut servers = vec![server(ACCOUNT, "NOT_EXTENDED"); 100];
            if asked.before > 0 {
                assert!(asked.body.contains("\"nextToken\":\"two\""), "{}", asked.body);
                servers.push(server("444455556666", "EXTENDED"));
                return ok(&json!({"items": servers}));
            }
            ok(&json!({"items": servers, "nextToken": "two"}))
        }
        "DescribeJobs" => ok(&json!({"items": [
            {"jobID": "drsjob-1", "status": "STARTED", "participatingServers": [{}, {}, {}]},
            {"jobID": "drsjob-2", "status": "COMPLETED", "participatingServers": [{}]},
        ]})),
        "ListServiceQuotas" => {
            assert!(asked.body.contains("\"ServiceCode\":\"drs\""), "{}", asked.body);
            ok(&json!({"Quotas": [{"QuotaCode": "L-C1D14A2B", "Value": quota}]}))
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_fleet_is_measured_against_its_quotas() {
    let script = scripted(|asked| fleet(asked, 301.0));
    let expected = json!({
        "accountId": ACCOUNT, "region": "us-east-1",
        "replicatingServers": 200, "maxReplicatingServers": 301, "utilizationPercent": 66.45,
        "totalSourceServers": 201, "availableReplicatingSlots": 101,
        "concurrentJobs": 1, "serversInJobs": 3,
        "limits": {"replicatingServers": 301, "sourceServers": 4000, "concurrentJobs": 20,
            "serversInAllJobs": 500, "serversPerJob": 100},
        "limitSource": {"replicatingServers": "service-quotas", "sourceServers": "default",
            "concurrentJobs": "default", "serversInAllJobs": "default", "serversPerJob": "default"},
        "status": "OK",
    });
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
}

#[tokio::test]
async fn more_servers_than_the_limit_leave_no_slot() {
    let script = scripted(|asked| fleet(asked, 150.0));
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(answer["availableReplicatingSlots"], 0);
    assert_eq!(answer["utilizationPercent"], 133.33);
    assert_eq!(answer["status"], "HYPER-CRITICAL");
}

#[tokio::test]
async fn an_account_that_never_used_drs_is_no_failure() {
    for silent in [["DescribeSourceServers"].as_slice(), &["DescribeSourceServers", "DescribeJobs"]] {
        let script = scripted(move |asked| match asked.operation.as_str() {
            operation if silent.contains(&operation) => refused("UninitializedAccountException"),
            _ => fleet(asked, 300.0),
        });
        let answer = fetch(&script.aws()).await.expect("an answer");
        assert_eq!(answer["status"], "NOT_INITIALIZED");
        assert_eq!(answer["maxReplicatingServers"], 300);
        for count in [
            "replicatingServers",
            "utilizationPercent",
            "totalSourceServers",
            "availableReplicatingSlots",
            "concurrentJobs",
            "serversInJobs",
        ] {
            assert_eq!(answer.get(count), Some(&Value::Null), "{count}");
        }
    }
}

#[tokio::test]
async fn a_region_where_service_quotas_knows_no_drs_has_the_defaults() {
    let script = scripted(|asked| match asked.operation.as_str() {
        "ListServiceQuotas" => refused("NoSuchResourceException"),
        _ => fleet(asked, 0.0),
    });
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(answer["maxReplicatingServers"], 300);
    assert_eq!(answer["limitSource"]["replicatingServers"], "default");
}

#[tokio::test]
async fn whatever_may_not_be_asked_is_named() {
    let row = data_type("drs-quotas").expect("a row");
    for action in row.iam_actions {
        let denied = action.split(':').next_back().expect("an operation");
        let script = scripted(move |asked| match asked.operation == denied {
            true => refused("AccessDeniedException"),
            false => fleet(asked, 300.0),
        });
        let error = fetch(&script.aws()).await.expect_err("denied");
        assert_eq!(error.kind, FailureKind::AccessDenied);
        assert_eq!(error.operation, *action);
    }
}

#[tokio::test]
async fn a_scope_without_an_account_asks_nobody() {
    let script = scripted(|asked| fleet(asked, 300.0));
    let mut scope = scope();
    scope.account = None;
    let row = data_type("drs-quotas").expect("a row");
    let error = row.fetch(&script.aws(), &scope).await.expect_err("no account");
    assert!(error.is_rejected_with("MissingAccount"), "{error}");
    assert!(script.asked().is_empty());
}
