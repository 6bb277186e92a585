use std::collections::BTreeSet;

use crate::ask::Asker;

const LIST: (&str, &str) = ("Action", "ListInstanceProfiles");

/// The names of all pages, and how many pages there were.
async fn all(asker: &Asker, more: &[(&str, &str)]) -> (Vec<String>, usize) {
    let (mut names, mut marker, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let parameters = [LIST].into_iter().chain(more.iter().copied());
        let parameters: Vec<_> = parameters.chain(marker.as_deref().map(|marker| ("Marker", marker))).collect();
        let root = asker.iam(&parameters).await.ok_xml();
        let result = root.child("ListInstanceProfilesResult");
        pages += 1;
        let profiles = result.child("InstanceProfiles").children.iter();
        names.extend(profiles.map(|it| it.child("InstanceProfileName").text.clone()));
        marker = result.find("Marker").map(|it| it.text.clone());
        assert_eq!(result.child("IsTruncated").text, marker.is_some().to_string());
        if marker.is_none() {
            return (names, pages);
        }
    }
}

#[tokio::test]
async fn all_instance_profiles_come_out_page_by_page() {
    let mut asker = Asker::start().await;
    let (names, pages) = all(&asker, &[]).await;
    assert_eq!((names.len(), pages), (237, 3));
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 237);
    assert_eq!(all(&asker, &[("MaxItems", "1000")]).await, (names, 1));
    asker.account = 1;
    assert_eq!(all(&asker, &[]).await.0.len(), 9);
}

#[tokio::test]
async fn a_path_prefix_narrows_the_instance_profiles() {
    let asker = Asker::start().await;
    let profiles = asker.standin.fleet().instance_profiles(asker.standin.fleet().accounts()[0].id());
    let expected: Vec<_> = profiles.iter().filter(|it| it.path == "/teams/web/").map(|it| it.name.clone()).collect();
    assert!(!expected.is_empty());
    assert_eq!(all(&asker, &[("PathPrefix", "/teams/web/")]).await.0, expected);
    assert!(profiles.iter().any(|it| it.role.is_none()));
}

#[tokio::test]
async fn bad_parameters_are_validation_errors() {
    let asker = Asker::start().await;
    for bad in [("MaxItems", "0"), ("MaxItems", "1001"), ("Marker", "garbage"), ("PathPrefix", "teams")] {
        assert_eq!(asker.iam(&[LIST, bad]).await.xml_error(), (400, "ValidationError".into()), "{bad:?}");
    }
}

#[tokio::test]
async fn iam_is_asked_in_one_region_only() {
    let mut asker = Asker::start().await;
    asker.region = "eu-west-1";
    let reply = asker.iam(&[LIST]).await;
    assert_eq!(reply.xml_error(), (403, "SignatureDoesNotMatch".into()));
    assert!(reply.body.contains("https://iam.amazonaws.com/doc/2010-05-08/"), "{}", reply.body);
    assert_eq!(asker.standin.call_count("iam:ListInstanceProfiles"), 0);
}
