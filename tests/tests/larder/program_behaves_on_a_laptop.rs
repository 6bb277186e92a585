use larder_tests::{Program, wait_until};
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::door::{Door, borrowed};
use crate::relay::Relay;

#[rstest]
#[case(Program::terminate)]
#[case(Program::interrupt)]
#[tokio::test(flavor = "multi_thread")]
async fn serve_stops_cleanly_when_asked(#[case] ask: fn(&Program) -> anyhow::Result<()>) {
    let cloud = Cloud::start().await;
    let aws = Relay::held().await;
    let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL", &aws.url()), ("LARDER_ACCOUNT_ID", "111122223333")]);
    let door = Door::serve(&["--store", "memory"], &env).await;
    let stop = async {
        aws.arrived().await;
        ask(door.program()).expect("it runs");
        let closed = async || Ok((!door.is_open().await).then_some(()));
        wait_until("it takes no new connections", closed).await.expect("it has heard");
        aws.lead_to(&cloud.standin.url());
    };
    let (under_way, ()) = tokio::join!(door.get("/ec2/subnets?region=us-east-1"), stop);
    assert_eq!(under_way.status, 200, "{under_way:?}");
    let finished = door.into_program().finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_without_any_aws_settings_and_ignores_those_there_are() {
    let env = [("AWS_ACCESS_KEY_ID", "mine".to_owned()), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned())];
    let door = Door::serve(&["--demo"], &env).await;
    let first = door.get("/drs/quotas?region=us-east-1").await;
    assert_eq!(first.status, 200, "{first:?}");
    let quotas = first.json();
    assert_eq!((&quotas["status"], &quotas["maxReplicatingServers"]), (&"WARNING".into(), &300.into()), "{quotas}");
    assert!(door.get("/drs/quotas?region=us-east-1").await.cache_status().contains("detail=memory"));
    let uninitialised = door.get("/drs/quotas?region=eu-central-1").await.json();
    assert_eq!(uninitialised["status"], "NOT_INITIALIZED", "{uninitialised}");
    assert!(uninitialised["replicatingServers"].is_null(), "unknown is null, never 0: {uninitialised}");
}

/// What is wrong is named, with its source and what would be right, and nothing starts.
#[rstest]
#[case(&["serve"], &[("LARDER_COHERENCE_WINDOW_MS", "soon")], "LARDER_COHERENCE_WINDOW_MS")]
#[case(&["serve"], &[("LARDER_COHERENCE_WINDOW", "5")], "LARDER_COHERENCE_WINDOW_MS")]
#[case(&["serve", "--store", "redis:here"], &[], "--store")]
#[case(&["serve", "--listen", "here"], &[], "--listen")]
#[case(&["serve", "--listen", "0.0.0.0:0"], &[], "loopback")]
#[case(&["serve", "--listen", "0.0.0.0:0"], &[], "LARDER_AUTH_ISSUER")]
#[case(&["serve", "--demo", "--listen", "[::]:0"], &[], "LARDER_AUTH_ISSUER")]
#[case(&["serve"], &[("LARDER_AUTH_ISSUER", "https://idp.example")], "LARDER_AUTH_AUDIENCE")]
#[case(&["serve"], &[("LARDER_AUTH_AUDIENCE", "app")], "LARDER_AUTH_ISSUER")]
#[case(&["serve"], &[("LARDER_AUTH_JWKS", "http://192.0.2.1/jwks")], "LARDER_AUTH_JWKS")]
#[case(&["serve"], &[("LARDER_AUTH_ISSUER", "x"), ("LARDER_AUTH_AUDIENCE", "app"), ("LARDER_AUTH_JWKS", "no/such.json")], "no/such.json")]
#[case(&["get", "ec2-subnetz", "--region", "us-east-1"], &[], "ec2-subnets")]
#[case(&["get", "ec2-subnets", "--region", "us-east-9"], &[], "us-east-9")]
#[case(&["get", "ec2-subnets"], &[], "region")]
#[case(&["cache", "clear"], &[], "--all")]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_named(#[case] args: &[&str], #[case] env: &[(&str, &str)], #[case] named: &str) {
    let finished = Program::run("larder", args, env).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    assert!(finished.stderr.contains(named), "{}", finished.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let args = ["serve", "--demo", "--listen", &address];
    let finished = Program::run("larder", &args, &[]).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    assert!(finished.stderr.contains(&address), "{}", finished.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_by_command_kills_in_a_running_server() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store), ("LARDER_COHERENCE_WINDOW_MS", "0")]);
    let door = Door::serve(&[], &env).await;
    let path = "/ec2/subnets?region=us-east-1";
    assert_eq!(door.get(path).await.status, 200);
    let inspect = async || {
        let args = ["cache", "inspect", "ec2-subnets#us-east-1#111122223333", "--json"];
        let finished = Program::run("larder", &args, &borrowed(&env)).await.expect("it ends");
        serde_json::from_str::<serde_json::Value>(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"))
    };
    assert_eq!(inspect().await["verdict"], "fresh");
    let args = ["cache", "clear", "--type", "ec2-subnets"];
    let cleared = Program::run("larder", &args, &borrowed(&env)).await.expect("it ends");
    assert_eq!(cleared.status.code(), Some(0), "{cleared:?}");
    assert_eq!(inspect().await["verdict"], "dead");
    assert_eq!(door.cached(path).await.status, 504);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_it_is_killed() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    let path = "/drs/quotas?region=us-east-1";
    let door = Door::serve(&[], &env).await;
    let first = door.get(path).await;
    let program = door.into_program();
    program.kill().expect("it runs");
    program.finish().await.expect("it ends");
    let again = Door::serve(&[], &env).await.get(path).await;
    assert!(again.cache_status().contains("detail=store"), "{again:?}");
    assert_eq!(again.text, first.text);
}
