use rstest::rstest;

use super::*;
use crate::scripted_aws::{Asked, Reply, Script, ec2_error};
use crate::servers::tests::{accounts, ec2, page, place, running};

async fn asked_for(script: &Script, ids: &[&str]) -> Result<AskedServers, FetchError> {
    let ((account, region), accounts) = (place(), accounts(script));
    let ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
    // On its own, as functions run it.
    let asking = tokio::spawn(async move { servers_by_id(ids, &accounts, &account, region).await });
    asking.await.expect("no panic inside")
}

/// The ids of a request.
fn ids(asked: &Asked) -> Vec<String> {
    let ids = asked.body.split('&').filter(|pair| pair.starts_with("InstanceId."));
    ids.filter_map(|pair| pair.split_once('=')).map(|(_, id)| id.to_owned()).collect()
}

/// What EC2 says of ids that it does not know.
fn not_found(ids: &[String]) -> Reply {
    let message = match ids {
        [id] => format!("The instance ID '{id}' does not exist"),
        ids => format!("The instance IDs '{}' do not exist", ids.join(", ")),
    };
    Reply::Http(400, ec2_error(NOT_FOUND, &message))
}

/// EC2 that knows all instances but these.
fn ec2_without(gone: impl Fn(&str) -> bool + Send + Sync + 'static) -> Script {
    ec2(move |asked| {
        assert!(!asked.body.contains("MaxResults"), "EC2 takes no page size with ids");
        let (gone, known): (Vec<_>, Vec<_>) = ids(asked).into_iter().partition(|id| gone(id));
        if gone.is_empty() { page(&[known.iter().map(|id| running(id)).collect()], None) } else { not_found(&gone) }
    })
}

fn known(asked: &AskedServers) -> Vec<&str> {
    asked.known.iter().map(|server| server.id.as_str()).collect()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[rstest]
#[case::one(&["i-0000000b"])]
#[case::two(&["i-0000000a", "i-0000000c"])]
#[case::all(&["i-0000000a", "i-0000000b", "i-0000000c"])]
#[case::none(&[])]
#[tokio::test]
async fn who_is_gone_does_not_keep_the_others_from_being_told(#[case] gone: &'static [&'static str]) {
    let script = ec2_without(|id| gone.contains(&id));
    let all = ["i-0000000c", "i-0000000a", "i-0000000b"];
    let asked = asked_for(&script, &all).await.expect("an answer");
    assert_eq!(asked.gone, set(gone));
    assert_eq!(known(&asked), set(&all).difference(&set(gone)).collect::<Vec<_>>());
}

/// A longer id begins like a shorter one.
#[tokio::test]
async fn only_who_is_named_is_gone() {
    let script = ec2_without(|id| id == "i-0123456789abcdef0");
    let asked = asked_for(&script, &["i-01234567", "i-0123456789abcdef0"]).await.expect("an answer");
    assert_eq!((known(&asked), asked.gone.len()), (vec!["i-01234567"], 1));
}

/// A message is passed on up to a certain length, and may end within an id.
#[tokio::test]
async fn more_that_are_gone_than_fit_into_a_message_are_all_told() {
    let ids: Vec<_> = (0..450).map(|nth| format!("i-{nth:017x}")).collect();
    let script = ec2_without(|id| !id.ends_with('7'));
    let asked = asked_for(&script, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("an answer");
    let (left, gone): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| id.ends_with('7'));
    assert_eq!(known(&asked), left);
    assert_eq!(asked.gone, gone.into_iter().collect());
}

#[test]
fn an_id_at_the_end_of_a_message_may_be_a_part_of_one() {
    let names = named("The instance IDs 'i-89abcdef, i-01234567");
    assert!(names.contains("i-89abcdef") && !names.contains("i-01234567"), "{names:?}");
}

#[tokio::test]
async fn what_is_no_id_is_not_asked_for() {
    let malformed = ["", "i-", "i-0123456", "i-0123456g", "i-0123456A", "vol-01234567", "i-01234567&a=b"];
    let script = ec2_without(|_| false);
    let asked = asked_for(&script, &[&["i-01234567"][..], &malformed].concat()).await.expect("an answer");
    assert_eq!(known(&asked), ["i-01234567"]);
    assert_eq!(asked.malformed, set(&malformed));
    assert_eq!(asked_for(&script, &["i-"]).await.expect("an answer").malformed, set(&["i-"]));
}

#[tokio::test]
async fn what_ec2_takes_for_no_id_is_told_so() {
    let script = ec2(|asked| match ids(asked) {
        ids if ids.iter().any(|id| id == "i-012345678") => {
            Reply::Http(400, ec2_error(MALFORMED, "Invalid id: \"i-012345678\""))
        }
        ids => page(&[ids.iter().map(|id| running(id)).collect()], None),
    });
    let asked = asked_for(&script, &["i-01234567", "i-012345678"]).await.expect("an answer");
    assert_eq!(known(&asked), ["i-01234567"]);
    assert_eq!((asked.gone, asked.malformed), (set(&[]), set(&["i-012345678"])));
}

#[rstest]
#[case::names_nobody(|| not_found(&["i-89abcdef".to_owned()]))]
#[case::says_something_else(|| Reply::Http(400, ec2_error("InvalidParameterValue", "not 'i-01234567'")))]
#[tokio::test]
async fn an_error_that_names_none_of_them_is_an_error(#[case] answer: fn() -> Reply) {
    let script = ec2(move |_| answer());
    let error = asked_for(&script, &["i-01234567"]).await.expect_err("refused");
    assert!(matches!(error.kind, FailureKind::Rejected { .. }), "{error}");
}

#[tokio::test]
async fn who_is_left_out_without_a_word_is_not_gone() {
    let script = ec2(|_| page(&[vec![running("i-01234567")]], None));
    let error = asked_for(&script, &["i-01234567", "i-89abcdef"]).await.expect_err("half an answer");
    assert_eq!(error.kind, FailureKind::Malformed);
    assert!(error.message.contains("i-89abcdef"), "{error}");
}

#[tokio::test]
async fn who_is_denied_is_told_so() {
    let script = ec2(|_| Reply::Http(403, ec2_error("UnauthorizedOperation", "no")));
    let error = asked_for(&script, &["i-01234567"]).await.expect_err("denied");
    assert_eq!(error.kind, FailureKind::AccessDenied);
}
