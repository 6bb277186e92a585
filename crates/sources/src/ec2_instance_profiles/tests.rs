use serde_json::{Value, json};

use crate::scripted_aws::{Reply, real_data, scope, scripted};
use crate::{Aws, FailureKind, FetchError, data_type};

async fn fetch(aws: &Aws) -> Result<Value, FetchError> {
    let row = data_type("ec2-instance-profiles").expect("a row");
    let json = row.fetch(aws, &scope()).await?;
    Ok(serde_json::from_slice(&json).expect("JSON"))
}

fn profile(id: &str, roles: &str) -> String {
    format!(
        "<member><InstanceProfileId>{id}</InstanceProfileId><InstanceProfileName>web</InstanceProfileName>\
         <Arn>arn:aws:iam::111122223333:instance-profile/team/web</Arn><Path>/team/</Path>\
         <CreateDate>2026-01-02T03:04:05Z</CreateDate><Roles>{roles}</Roles></member>"
    )
}

fn role(name: &str) -> String {
    format!(
        "<member><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA</RoleId><Arn>a</Arn>\
         <CreateDate>2026-01-02T03:04:05Z</CreateDate></member>"
    )
}

fn page(members: &str, end: &str) -> String {
    format!(
        "<ListInstanceProfilesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListInstanceProfilesResult>\
         <InstanceProfiles>{members}</InstanceProfiles>{end}</ListInstanceProfilesResult>\
         </ListInstanceProfilesResponse>"
    )
}

#[tokio::test]
async fn every_page_is_read_and_a_profile_has_these_fields() {
    let script = scripted(|asked| {
        assert!(asked.body.contains("MaxItems=1000"), "{}", asked.body);
        let end = "<IsTruncated>true</IsTruncated><Marker>two</Marker>";
        Reply::Http(
            200,
            match (asked.before, asked.body.contains("Marker=two")) {
                (0, false) => page(&profile("AIPA2", &(role("web") + &role("app"))), end),
                (1, true) => page("", &end.replace("two", "three")),
                // The marker of a page that is the last says nothing.
                _ => page(&profile("AIPA1", ""), "<IsTruncated>false</IsTruncated><Marker>four</Marker>"),
            },
        )
    });
    let profile = |id: &str, roles: &[&str]| {
        json!({"instanceProfileId": id, "name": "web", "arn": "arn:aws:iam::111122223333:instance-profile/team/web",
            "path": "/team/", "roles": roles, "created": "2026-01-02T03:04:05Z"})
    };
    let expected = json!({"instanceProfiles": [profile("AIPA1", &[]), profile("AIPA2", &["app", "web"])]});
    assert_eq!(fetch(&script.aws()).await.expect("an answer"), expected);
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test]
async fn a_list_that_is_cut_off_is_an_error_and_not_a_short_list() {
    for end in [
        "<IsTruncated>true</IsTruncated>",
        "<IsTruncated>true</IsTruncated><Marker/>",
        "<IsTruncated>true</IsTruncated><Marker>again</Marker>",
    ] {
        let script = scripted(move |_| Reply::Http(200, page(&profile("AIPA1", ""), end)));
        assert_eq!(fetch(&script.aws()).await.expect_err(end).kind, FailureKind::EndlessPages, "{end}");
    }
    let whole = page(&profile("AIPA1", ""), "");
    let cut = whole[..whole.len() - 40].to_owned();
    let script = scripted(move |_| Reply::Http(200, cut.clone()));
    assert_eq!(fetch(&script.aws()).await.expect_err("half an answer").kind, FailureKind::Malformed);
}

#[tokio::test]
async fn a_profile_without_what_iam_always_says_is_malformed() {
    for member in ["InstanceProfileId", "InstanceProfileName", "Path", "Arn", "RoleName"] {
        let whole = page(&profile("AIPA1", &role("web")), "");
        // The first of that name, which is the profile's own.
        let (before, rest) = whole.split_once(&format!("<{member}>")).expect("it is there");
        let (_, after) = rest.split_once(&format!("</{member}>")).expect("it ends");
        let answer = format!("{before}{after}");
        let script = scripted(move |_| Reply::Http(200, answer.clone()));
        let error = fetch(&script.aws()).await.expect_err(member);
        assert_eq!((error.kind, error.operation.as_str()), (FailureKind::Malformed, super::LIST_INSTANCE_PROFILES));
    }
}

#[tokio::test]
async fn a_profile_without_a_date_has_none() {
    let dateless = page(&profile("AIPA1", ""), "").replace("<CreateDate>2026-01-02T03:04:05Z</CreateDate>", "");
    let script = scripted(move |_| Reply::Http(200, dateless.clone()));
    let answer = fetch(&script.aws()).await.expect("an answer");
    assert_eq!(answer["instanceProfiles"][0]["created"], Value::Null);
}

#[tokio::test]
async fn the_largest_page_is_the_one_that_the_model_allows() {
    let Some(model) = real_data("models/iam/2010-05-08/service-2.json.gz") else { return };
    assert_eq!(model["shapes"]["maxItemsType"]["max"], super::PAGE_SIZE);
}
