use std::collections::BTreeSet;

use larder_app::DATA_TYPES;

use crate::deployment::Deployment;

/// What a request needs to get through.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Needs {
    Nothing,
    AnyScope,
    Admin,
}

/// The routes beside those of the data types: method, path in the OpenAPI document, what a request of it needs.
const OWN_ROUTES: [(&str, &str, Needs); 22] = [
    ("GET", "/openapi.json", Needs::AnyScope),
    ("GET", "/health", Needs::Nothing),
    ("GET", "/cache/stats", Needs::AnyScope),
    ("GET", "/cache/entries", Needs::AnyScope),
    ("GET", "/runtime/servers", Needs::AnyScope),
    ("GET", "/runtime/servers/{instanceId}", Needs::AnyScope),
    ("POST", "/cache/invalidate", Needs::Admin),
    ("GET", "/ec2/api/accounts/{id}/instances", Needs::AnyScope),
    ("GET", "/snapshots/api/accounts/{id}/snapshots", Needs::AnyScope),
    ("GET", "/snapshots/api/accounts/{id}/amis", Needs::AnyScope),
    ("GET", "/api/cost-data", Needs::AnyScope),
    ("GET", "/history/monthly-costs", Needs::AnyScope),
    ("GET", "/history/daily-costs", Needs::AnyScope),
    ("GET", "/history/movers", Needs::AnyScope),
    ("GET", "/history/instances-over-time", Needs::AnyScope),
    ("GET", "/history/snapshots-without-volume", Needs::AnyScope),
    ("GET", "/history/stopped-instances", Needs::AnyScope),
    ("GET", "/history/syncs", Needs::AnyScope),
    ("GET", "/history/status", Needs::AnyScope),
    ("POST", "/ec2/api/accounts/{id}/sync", Needs::Admin),
    ("POST", "/snapshots/api/accounts/{id}/sync", Needs::Admin),
    ("POST", "/api/cost-data/sync", Needs::Admin),
];

/// A request of each route: method, path in the OpenAPI document, the request, what it needs.
fn routes(deployment: &Deployment) -> Vec<(&'static str, &'static str, String, Needs)> {
    let own_account = deployment.account(0);
    let own_account = own_account.as_str();
    let question = |row: &larder_app::DataType| {
        let region = if row.scope.has_region() { "?region=us-west-2" } else { "" };
        format!("{}{region}", row.path)
    };
    let own_request = |route: &str| match route {
        "/cache/entries" => format!("{route}?dataType=ec2-subnets"),
        "/api/cost-data/sync" => format!("{route}?accountId={own_account}"),
        _ => route.replace("{instanceId}", "i-00000000000000000").replace("{id}", own_account),
    };
    let rows = DATA_TYPES.iter().map(|row| ("GET", row.path, question(row), Needs::AnyScope));
    let own = OWN_ROUTES.map(|(method, route, needs)| (method, route, own_request(route), needs));
    rows.chain(own).collect()
}

#[tokio::test]
async fn none_is_missing_here() {
    let deployment = Deployment::shared().await;
    let document = deployment.get("/openapi.json", Some(&deployment.reader)).await;
    assert_eq!(document.status, 200, "{document:?}");
    let paths = document.json["paths"].as_object().expect("paths").iter();
    let said: BTreeSet<_> = paths
        .flat_map(|(path, methods)| {
            methods.as_object().expect("methods").keys().map(move |it| (it.to_uppercase(), path))
        })
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let here = routes(deployment).into_iter().map(|(method, route, ..)| format!("{method} {route}")).collect();
    assert_eq!(said, here);
}

#[tokio::test]
async fn without_a_token_or_with_a_bad_one_it_is_401_and_reaches_no_function() {
    let deployment = Deployment::shared().await;
    let mut forged = deployment.admin.clone();
    // The first letter of the signature: the last ones may not all count.
    let signature = forged.rfind('.').expect("a token has a signature") + 1;
    let other = if forged[signature..].starts_with('A') { "B" } else { "A" };
    forged.replace_range(signature..=signature, other);
    for (method, _, request, needs) in routes(deployment) {
        for token in [None, Some("no-token"), Some(forged.as_str())] {
            let reply = deployment.send(method, &request, token).await;
            if needs == Needs::Nothing {
                assert_eq!(reply.status, 200, "{method} {request}: {reply:?}");
            } else {
                // A function's refusal is a problem document, with a code.
                assert_eq!((reply.status, reply.json.get("code")), (401, None), "{method} {request}: {reply:?}");
            }
        }
    }
}

#[tokio::test]
async fn without_the_scope_it_is_403_and_reaches_no_function() {
    let deployment = Deployment::shared().await;
    let guest = deployment.sign_in("guest@example.com", &["acct-all", "larder-admins"], &["openid"]).await;
    for (method, _, request, needs) in routes(deployment) {
        let tokens = match needs {
            Needs::Nothing => &[][..],
            Needs::AnyScope => &[&guest],
            Needs::Admin => &[&guest, &deployment.reader],
        };
        for token in tokens {
            let reply = deployment.send(method, &request, Some(token)).await;
            assert_eq!((reply.status, reply.json.get("code")), (403, None), "{method} {request}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn with_the_scope_it_answers() {
    let deployment = Deployment::shared().await;
    for (method, route, request, needs) in routes(deployment) {
        let token = if needs == Needs::Admin { &deployment.admin } else { &deployment.reader };
        let reply = deployment.send(method, &request, Some(token)).await;
        let expected: &[u16] = match route {
            // Nobody has such a server; and until the calculator ran, nobody knows of any.
            "/runtime/servers/{instanceId}" => &[404, 503],
            "/runtime/servers" => &[200, 503],
            // There is no database.
            route if route.starts_with("/history/") => &[404],
            _ => &[200],
        };
        assert!(expected.contains(&reply.status), "{method} {request}: {reply:?}");
    }
}

#[tokio::test]
async fn the_scope_of_an_administrator_without_the_group_is_403() {
    let deployment = Deployment::shared().await;
    let deputy = deployment.sign_in("deputy@example.com", &["acct-all"], &["larder/read", "larder/admin"]).await;
    let reply = deployment.send("POST", "/cache/invalidate", Some(&deputy)).await;
    assert_eq!((reply.status, reply.json["code"].is_string()), (403, true), "the function's refusal: {reply:?}");
}

#[tokio::test]
async fn another_account_s_answers_are_403_and_asked_of_nobody() {
    let deployment = Deployment::shared().await;
    let [own, other] = [0, 1].map(|number| deployment.account(number).to_string());
    let stranger = deployment.sign_in("stranger@example.com", &[&format!("acct-{other}")], &["larder/read"]).await;
    for (token, account) in [(&deployment.reader, &other), (&stranger, &own)] {
        let path = format!("/ec2/subnets?region=eu-west-1&accountId={account}");
        let reply = deployment.get(&path, Some(token)).await;
        assert_eq!((reply.status, &reply.json["code"]), (403, &"FORBIDDEN_ACCOUNT".into()), "{account}: {reply:?}");
    }
    let calls = deployment.standin.calls();
    let asked = calls.keys().find(|it| it.operation == "ec2:DescribeSubnets" && it.region == "eu-west-1");
    assert_eq!(asked, None);
}
