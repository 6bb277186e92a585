use crate::cloud::{Cloud, FIRST};
use crate::door::Door;

const PATH: &str = "/ec2/subnets?region=us-east-1";

/// Method, path, body, and the code of the problem that comes back.
const WRONG: &[(&str, &str, Option<&str>, &str)] = &[
    ("GET", "/ec2/subnetz?region=us-east-1", None, "NOT_FOUND"),
    ("GET", "/../etc/passwd", None, "NOT_FOUND"),
    ("POST", "/ec2/subnets?region=us-east-1", Some("{}"), "METHOD_NOT_ALLOWED"),
    ("GET", "/cache/invalidate", None, "METHOD_NOT_ALLOWED"),
    ("GET", "/ec2/subnets", None, "MISSING_REGION"),
    ("GET", "/ec2/subnets?region=", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=us-east-1.evil%23", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=../", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=%C3%BCs-east-1", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=us-east-1%00", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=US-EAST-1", None, "UNKNOWN_REGION"),
    ("GET", "/ec2/subnets?region=us-east-1&accountId=12345678901", None, "INVALID_ACCOUNT"),
    ("GET", "/ec2/subnets?region=us-east-1&accountId=1234567890123", None, "INVALID_ACCOUNT"),
    ("GET", "/ec2/subnets?region=us-east-1&accountId=%EF%BC%91%EF%BC%92345678901", None, "INVALID_ACCOUNT"),
    ("GET", "/ec2/subnets?region=us-east-1&accountId=999999999999", None, "UNKNOWN_ACCOUNT"),
    ("GET", "/ec2/subnets?region=us-east-1&acountId=111122223333", None, "UNKNOWN_PARAMETER"),
    ("GET", "/ec2/subnets?region=us-east-1&region=us-west-2", None, "UNKNOWN_PARAMETER"),
    ("GET", "/ec2/subnets?region=us-east-1&limit=0", None, "INVALID_LIMIT"),
    ("GET", "/ec2/subnets?region=us-east-1&limit=many", None, "INVALID_LIMIT"),
    ("GET", "/ec2/subnets?region=us-east-1&limit=5&cursor=%21", None, "INVALID_CURSOR"),
    ("GET", "/cache/entries?dataType=ec2-subnetz", None, "UNKNOWN_DATA_TYPE"),
    ("POST", "/cache/invalidate", None, "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some("null"), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some("[]"), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some("{"), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some("dataType=ec2-subnets"), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some(r#"{"dataType": null}"#), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some(r#"{"dataType": ["ec2-subnets"]}"#), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some(r#"{"purge": "yes"}"#), "INVALID_BODY"),
    ("POST", "/cache/invalidate", Some(r#"{"datatype": "ec2-subnets"}"#), "UNKNOWN_FIELD"),
    ("POST", "/cache/invalidate", Some(r#"{"dataType": "ec2-subnetz"}"#), "UNKNOWN_DATA_TYPE"),
    ("POST", "/cache/invalidate", Some(r#"{"region": "us-east-1.evil#"}"#), "UNKNOWN_REGION"),
    ("POST", "/cache/invalidate", Some(r#"{"region": "../"}"#), "UNKNOWN_REGION"),
    ("POST", "/cache/invalidate", Some(r#"{"accountId": "12"}"#), "INVALID_ACCOUNT"),
    ("POST", "/cache/invalidate", Some(r#"{"accountId": 111122223333}"#), "INVALID_BODY"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_request_is_a_problem_that_says_so_and_changes_nothing() {
    let cloud = Cloud::start().await;
    let env = cloud.env(FIRST, &[("LARDER_COHERENCE_WINDOW_MS", "0")]);
    let door = Door::serve(&["--store", "memory"], &env).await;
    assert_eq!(door.get(PATH).await.status, 200);
    let calls = cloud.calls();
    let too_large = format!(r#"{{"dataType": "{}"}}"#, "x".repeat(16 << 10));
    let large = ("POST", "/cache/invalidate", Some(&*too_large), "BODY_TOO_LARGE");
    for (method, path, body, code) in WRONG.iter().copied().chain([large]) {
        let reply = door.send(method, path, &[], body).await;
        assert!((400..500).contains(&reply.status), "{method} {path} {body:?}: {reply:?}");
        assert_eq!(reply.code(), code, "{method} {path} {body:?}: {}", reply.text);
        assert!(!reply.json()["detail"].as_str().unwrap_or_default().is_empty(), "{}", reply.text);
        assert_eq!(cloud.calls(), calls, "{method} {path} {body:?} reached AWS");
        let still = door.cached(PATH).await;
        assert_eq!(still.status, 200, "{method} {path} {body:?} invalidated");
    }
}
