//! `larder cache clear`: several selectors at once, and what a running server has in its memory.

use tempfile::tempdir;

use crate::cloud::{Cloud, FIRST};
use crate::command::larder;
use crate::door::Door;

const SUBNETS: &str = "/ec2/subnets?region=us-east-1";

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_a_running_server_is_cleared_through_it() {
    let cloud = Cloud::start().await;
    let env = cloud.env(FIRST, &[]);
    let door = Door::serve(&["--store", "memory"], &env).await;
    let Door::Serve { url, .. } = &door else { panic!("it serves") };
    let asked = async || {
        assert_eq!(door.get(SUBNETS).await.status, 200);
        cloud.standin.call_count("ec2:DescribeSubnets")
    };
    let once = asked().await;
    assert_eq!(asked().await, once, "it is kept");
    let line = "cache clear --type ec2-subnets,drs-quotas --region us-west-2";
    larder(&format!("{line} --url {url}"), &env).await.is(0, &["type drs-quotas, region us-west-2"]);
    assert_eq!(asked().await, once, "another region is");
    let told = larder(&format!("cache clear --type ec2-subnets --region us-east-1 --json --url {url}"), &env).await;
    assert_eq!((told.code, &told.json()["dataType"]), (0, &"ec2-subnets".into()), "{told:?}");
    assert_eq!(told.json()["effectiveWithinMs"], 2_000, "the server's own window: {told:?}");
    assert_eq!(asked().await, 2 * once, "it is asked again");

    larder("cache clear --all --store memory", &env).await.is(2, &["larder cache clear", "--url"]);
    larder(&format!("cache clear --all --url {url} --store memory"), &env).await.is(2, &["--store"]);
    larder("cache clear --all --url http://127.0.0.1:9", &env).await.is(1, &["nothing listens"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_all_cleared_and_nothing_else_is() {
    let (cloud, folder) = (Cloud::start().await, tempdir().expect("a folder"));
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    let all = "--type ec2-subnets,ec2-security-groups,drs-quotas --region us-east-1 --region us-west-2";
    larder(&format!("cache warm {all}"), &env).await.is(0, &["fetched"]);
    let told = larder(&format!("cache clear --json {}", all.replace(",drs-quotas", "")), &env).await;
    assert_eq!((told.code, told.json().as_array().map(Vec::len)), (0, Some(4)), "{told:?}");
    let warmed = larder(&format!("cache warm --json {all}"), &env).await.json();
    let fresh: Vec<_> =
        warmed["warmed"].as_array().expect("a list").iter().filter(|it| it["outcome"] == "fresh").collect();
    assert!(fresh.len() == 2 && fresh.iter().all(|it| it["dataType"] == "drs-quotas"), "{warmed}");
    larder("cache clear --type ec2-subnets,ec2-subnetz", &env).await.is(2, &["ec2-subnetz"]);
}
