use std::fs;
use std::path::{Path, PathBuf};

use larder_standin::{Fault, FaultKind};
use larder_tests::{Program, wait_until};
use serde_json::Value;

use crate::cloud::{Cloud, FIRST};
use crate::command::{Told, larder};
use crate::door::borrowed;

/// The recorded logs, and their figures.
fn recorded() -> Option<(PathBuf, Value)> {
    let data = larder_tests::real_data()?;
    let expected = fs::read_to_string(data.join("expected.json")).expect("expected.json");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    Some((data, expected["running"].clone()))
}

async fn of_logs(logs: &Path, more: &str) -> Told {
    larder(&format!("runtime --from-logs {} {more}", logs.display()), &[]).await
}

/// Instance, month and minutes to two decimals.
fn minutes(told: &Told) -> Vec<(String, String, f64)> {
    let servers = told.json()["servers"].as_array().expect("a list").clone();
    let text = |server: &Value, name: &str| server[name].as_str().expect("a text").to_owned();
    let server = |server: &Value| {
        assert_eq!(server["lowerMinutes"], server["upperMinutes"]);
        (text(server, "instanceId"), text(server, "month"), server["minutes"].as_f64().expect("a number"))
    };
    servers.iter().map(server).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_logs_give_the_figures_that_were_worked_out_without_larder() {
    let Some((data, rows)) = recorded() else { return };
    for row in rows.as_array().expect("rows") {
        let logs = data.join(row["inputs"][0].as_str().expect("a path").strip_prefix("open/").expect("in data"));
        let flag =
            |name: &str, flag: &str| row[name].as_str().map(|time| format!("{flag} {time} ")).unwrap_or_default();
        let window = flag("since", "--since") + &flag("as_of", "--as-of");
        let told = of_logs(&logs, &format!("{window} --json")).await;
        told.is(0, &[]);
        let expected = row["rows"].as_array().expect("rows").iter().map(|row| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            let rounded = (row["minutes"].as_f64().expect("minutes") * 100.0).round() / 100.0;
            (text("instance"), text("month"), rounded)
        });
        assert_eq!(minutes(&told), expected.collect::<Vec<_>>(), "{window}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_named_and_widens_the_bounds_of_its_hour() {
    let Some((data, _)) = recorded() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut broken = None;
    for file in
        fs::read_dir(data.join("cloudtrail/invictus")).expect("logs").map(|entry| entry.expect("an entry").path())
    {
        let (name, bytes) = (file.file_name().expect("a name").to_owned(), fs::read(&file).expect("a log"));
        let is_broken = broken.is_none() && name.to_string_lossy().contains("T1210Z");
        let kept = if is_broken { bytes.len() / 2 } else { bytes.len() };
        fs::write(folder.path().join(&name), &bytes[..kept]).expect("a copy");
        broken = broken.or(is_broken.then_some(name));
    }
    let broken = broken.expect("a file of 12:10").to_string_lossy().into_owned();
    let told = of_logs(folder.path(), "--csv").await;
    told.is(1, &[&format!("skipped: {}", folder.path().join(broken).display()), "bounded"]);
    assert!(told.stdout.starts_with("instanceId,accountId,region,month,minutes,"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_read_or_meant_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    of_logs(&path("none"), "").await.is(1, &["none: No such file"]);
    of_logs(folder.path(), "").await.is(1, &["there is no log in"]);
    fs::write(path("x.json"), "<html>").expect("a file");
    of_logs(folder.path(), "").await.is(1, &["skipped: ", "it is no list of events: see byte 0"]);
    fs::write(path("x.json"), "[]").expect("a file");
    of_logs(folder.path(), "").await.is(5, &["no server of these logs ran"]);
    of_logs(folder.path(), "--month 2025-13").await.is(2, &["such as 2025-11"]);
    let backwards = "--since 2025-11-02T00:00:00Z --as-of 2025-11-01T00:00:00Z";
    of_logs(folder.path(), backwards).await.is(2, &["is not before"]);
    let describe = format!("--describe {}", path("x.json").display());
    of_logs(folder.path(), &describe).await.is(1, &["x.json is not what describe-instances prints"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tag_it_says_what_to_set() {
    let store = tempfile::tempdir().expect("a folder");
    let line = format!("runtime --store sqlite:{}", store.path().join("cache.sqlite").display());
    larder(&line, &[]).await.is(2, &["LARDER_APP_TAG is not set", "such as App=larder"]);
    let tag = |tag: &str| [("LARDER_APP_TAG", tag.to_owned())];
    larder(&line, &tag("larder")).await.is(2, &["LARDER_APP_TAG", "Key=Value"]);
    larder("runtime --month 2025-13", &[]).await.is(2, &["--month", "2025-13", "such as 2025-11"]);
    larder("runtime --since 2025-11-01T00:00:00Z", &[]).await.is(2, &["--from-logs"]);
    larder("runtime --from-logs a --region us-east-1", &[]).await.is(2, &["--region", "cannot be used with"]);
    assert_eq!(fs::read_dir(store.path()).expect("it is read").count(), 0, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_are_worked_out_once_and_then_kept() {
    let cloud = Cloud::start().await;
    let store = tempfile::tempdir().expect("a folder");
    let line = format!("runtime --store sqlite:{} --region eu-west-1", store.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_APP_TAG", "App=larder-demo")]);
    // The first time takes longer than others may.
    let args: Vec<_> = line.split_whitespace().chain(["--json"]).collect();
    let first = Program::start("larder", &args, &borrowed(&env)).expect("it starts").finish_at_length().await;
    let first: Value = serde_json::from_str(&first.expect("it ends").stdout).expect("JSON");
    let servers = first["servers"].as_array().expect("a list");
    assert!(!servers.is_empty() && servers.iter().all(|server| server["region"] == "eu-west-1"), "{first}");
    let calls = cloud.calls();
    let again = larder(&format!("{line} --json"), &env).await;
    assert_eq!(again.json(), first);
    let csv = larder(&format!("{line} --csv"), &env).await;
    assert_eq!(csv.stdout.lines().count(), servers.len() + 1, "{csv:?}");
    let table = larder(&line, &env).await;
    table.is(0, &["MINUTES", "exact", "eu-west-1", "until 2"]);
    assert_eq!(cloud.calls(), calls, "what is kept is told");
    larder(&format!("{line} --account 444455556666"), &env).await.is(5, &["RUNTIME_NOT_READY"]);
    cloud.standin.fault(Fault::on("cloudtrail:LookupEvents", FaultKind::AccessDenied));
    let failed = larder(&format!("{line} --fresh"), &env).await;
    failed.is(1, &["stale", "failed: 111122223333 eu-west-1: cloudtrail:LookupEvents", "denied"]);
    let calls = cloud.calls();
    larder(&format!("{line} --month 2015-10 --fresh"), &env).await.is(5, &["RUNTIME_NOT_KNOWN"]);
    larder(&format!("{line} --month 2999-01 --fresh"), &env).await.is(2, &["INVALID_MONTH"]);
    assert_eq!(cloud.calls(), calls, "AWS knows nothing of these months");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_told_the_exit_code_says_whose_fault_it_is() {
    let cloud = Cloud::start().await;
    let store = tempfile::tempdir().expect("a folder");
    let line = format!("runtime --store sqlite:{} --region eu-west-1", store.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_APP_TAG", "App=larder-demo")]);
    cloud.standin.fault(Fault::on("ec2:DescribeInstances", FaultKind::AccessDenied));
    cloud.standin.fault(Fault::on("cloudtrail:LookupEvents", FaultKind::AccessDenied));
    let denied = larder(&line, &env).await;
    denied.is(4, &["111122223333 eu-west-1: ", "denied"]);
    assert!(denied.stdout.is_empty() && !denied.stderr.contains("there is no server"), "{denied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_whatever_failed_and_leaves_aws_alone() {
    let cloud = Cloud::start().await;
    let store = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", store.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_APP_TAG", "App=larder-demo")]);
    cloud.standin.fault(Fault::on("cloudtrail:LookupEvents", FaultKind::AccessDenied));
    let args = ["runtime", "--store", &store, "--region", "eu-west-1", "--watch", "1", "--json"];
    let watch = Program::start("larder", &args, &borrowed(&env)).expect("it starts");
    let rounds = async |count| {
        let enough =
            async || Ok((watch.log().iter().filter(|line| line.contains("failed: ")).count() >= count).then_some(()));
        wait_until("there are enough rounds", enough).await.expect("it goes on");
    };
    rounds(1).await;
    let calls = cloud.calls();
    rounds(3).await;
    assert_eq!(cloud.calls(), calls, "a later round worked everything out again");
    watch.interrupt().expect("it runs");
    let finished = watch.finish().await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    for line in finished.stdout.lines() {
        let told: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(told["servers"].as_array().is_some_and(|servers| !servers.is_empty()), "{told}");
    }
}
