use std::collections::HashMap;

use rstest::rstest;

use super::*;
use crate::test_app::OWN;

fn token(scope: &str, groups: &str) -> Option<Principal> {
    let claims = [("token_use", "access"), ("username", "ann"), ("scope", scope), ("cognito:groups", groups)];
    let claims: HashMap<_, _> = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[])
}

const READ: &str = "larder/read";
const ADMIN: &str = "larder/admin";

#[rstest]
#[case::public("GET", "/health", "", None, 200)]
#[case::nobody("GET", SUBNETS, "", None, 401)]
#[case::nobody_on_an_unknown_route("GET", "/nothing", "", None, 401)]
#[case::nobody_with_a_bad_request("GET", "/ec2/subnets?region=mars", "", None, 401)]
#[case::nobody_invalidates("POST", "/cache/invalidate", "{}", None, 401)]
#[case::no_scope("GET", SUBNETS, "", token("openid", "[acct-all]"), 403)]
#[case::no_scope_with_a_bad_request("GET", "/ec2/subnets?region=mars", "", token("openid", "[acct-all]"), 403)]
#[case::no_account("GET", SUBNETS, "", token(READ, ""), 403)]
#[case::another_account("GET", SUBNETS, "", token(READ, "[acct-444455556666]"), 403)]
#[case::own_account("GET", SUBNETS, "", token(READ, "[acct-111122223333]"), 200)]
#[case::every_account("GET", SUBNETS, "", token(READ, "[acct-all]"), 200)]
#[case::names_another(
    "GET",
    "/ec2/subnets?region=us-east-1&accountId=444455556666",
    "",
    token(READ, "[acct-111122223333]"),
    403
)]
#[case::names_another_and_a_bad_region(
    "GET",
    "/ec2/subnets?region=mars&accountId=444455556666",
    "",
    token(READ, "[acct-111122223333]"),
    403
)]
#[case::global_needs_no_account("GET", "/ec2/instance-types?region=us-east-1", "", token(READ, ""), 200)]
#[case::stats("GET", "/cache/stats", "", token(READ, ""), 200)]
#[case::document("GET", "/openapi.json", "", token(READ, ""), 200)]
#[case::reader_invalidates("POST", "/cache/invalidate", "{}", token(READ, "[acct-all larder-admins]"), 403)]
#[case::scope_without_group("POST", "/cache/invalidate", "{}", token(ADMIN, "[acct-all]"), 403)]
#[case::scope_without_group_and_a_bad_body("POST", "/cache/invalidate", "nonsense", token(ADMIN, "[acct-all]"), 403)]
#[case::admin_of_all("POST", "/cache/invalidate", "{}", token(ADMIN, "[acct-all larder-admins]"), 200)]
#[case::admin_of_one_clears_all(
    "POST",
    "/cache/invalidate",
    "{}",
    token(ADMIN, "[acct-111122223333 larder-admins]"),
    403
)]
#[case::admin_of_one_clears_it(
    "POST",
    "/cache/invalidate",
    "{\"accountId\":\"111122223333\"}",
    token(ADMIN, "[acct-111122223333 larder-admins]"),
    200
)]
#[case::admin_of_one_clears_another(
    "POST",
    "/cache/invalidate",
    "{\"accountId\":\"444455556666\"}",
    token(ADMIN, "[acct-111122223333 larder-admins]"),
    403
)]
#[tokio::test]
async fn what_is_not_permitted_is_refused(
    #[case] method: &str,
    #[case] uri: &str,
    #[case] body: &str,
    #[case] principal: Option<Principal>,
    #[case] status: u16,
) {
    let test = TestApp::new();
    let got = send_as(&test, principal, request(method, uri, &[], body.to_owned())).await;
    assert_eq!(got.status.as_u16(), status, "{}", String::from_utf8_lossy(&got.body));
    match status {
        401 => {
            assert_eq!(got.problem(), "UNAUTHENTICATED");
            assert_eq!(got.header("www-authenticate"), "Bearer");
        }
        403 => assert!(["FORBIDDEN", "FORBIDDEN_ACCOUNT"].contains(&got.problem().as_str())),
        _ => {}
    }
}

#[tokio::test]
async fn a_listing_shows_only_the_accounts_of_the_caller_and_what_is_global() {
    let test = TestApp::new();
    for uri in [SUBNETS, "/ec2/instance-types?region=us-east-1"] {
        assert_eq!(get(&test, uri).await.status, 200);
    }
    let accounts = async |groups: String| {
        let request = request("GET", "/cache/entries", &[], Body::empty());
        let page = send_as(&test, token(READ, &groups), request).await.json();
        let entries = page["entries"].as_array().expect("a list").clone();
        entries.iter().map(|entry| entry["accountId"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(accounts("[acct-444455556666]".to_owned()).await, ["global"]);
    assert_eq!(accounts(format!("[acct-{OWN}]")).await, ["global", OWN]);
}

#[tokio::test]
async fn a_programs_token_clears_everything_and_reads_no_account() {
    let claims = [("token_use", "access"), ("scope", ADMIN), ("sub", "app"), ("client_id", "app")];
    let claims: HashMap<_, _> = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let program = Principal::from_claims(&claims, &[]);
    let test = TestApp::new();
    for body in ["{}", "{\"accountId\":\"111122223333\"}"] {
        let request = request("POST", "/cache/invalidate", &[], body.to_owned());
        assert_eq!(send_as(&test, program.clone(), request).await.status, 200, "{body}");
    }
    let got = send_as(&test, program, request("GET", SUBNETS, &[], Body::empty())).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (403, "FORBIDDEN_ACCOUNT"));
}

async fn send_locally(method: &str, headers: &[(&str, &str)]) -> Got {
    let router = crate::http::router_behind(TestApp::new().app, crate::http::Process::Frozen, |routes| {
        routes.layer(axum::middleware::from_fn(crate::http::admit_local))
    });
    send(router, request(method, if method == "POST" { "/cache/invalidate" } else { SUBNETS }, headers, "{}")).await
}

#[rstest]
#[case("GET", &[("host", "127.0.0.1:8080")], 200)]
#[case("GET", &[("host", "localhost:8080")], 200)]
#[case("GET", &[("host", "[::1]:8080")], 200)]
#[case("GET", &[], 403)]
#[case("GET", &[("host", "evil.example:8080")], 403)]
#[case("GET", &[("host", "localhost.evil.example")], 403)]
#[case("POST", &[("host", "localhost:8080")], 200)]
#[case("POST", &[("host", "localhost:8080"), ("origin", "http://localhost:8080")], 200)]
#[case("POST", &[("host", "localhost:8080"), ("origin", "http://evil.example")], 403)]
#[case("POST", &[("host", "localhost:8080"), ("origin", "http://localhost:3000")], 403)]
#[case("POST", &[("host", "localhost:8080"), ("origin", "null")], 403)]
#[tokio::test]
async fn a_local_server_serves_this_machine_only(
    #[case] method: &str,
    #[case] headers: &[(&str, &str)],
    #[case] status: u16,
) {
    assert_eq!(send_locally(method, headers).await.status.as_u16(), status);
}
