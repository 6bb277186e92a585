use rstest::rstest;

use super::*;

const ROLE: &str = "arn:aws:iam::444455556666:role/larder-read";

fn entry() -> AccountEntry {
    AccountEntry {
        account_id: "444455556666".to_owned(),
        name: Some("production".to_owned()),
        role_arn: Some(ROLE.to_owned()),
        external_id: Some("larder-6666".to_owned()),
        regions: ["us-west-2", "us-east-1", "us-west-2"].map(str::to_owned).to_vec(),
    }
}

#[test]
fn an_entry_comes_back_as_it_was_but_for_the_order_of_its_regions() {
    let account = RegisteredAccount::try_from(entry()).expect("it is right");
    assert_eq!(account.role_arn().map(RoleArn::as_str), Some(ROLE));
    assert_eq!(account.external_id(), Some("larder-6666"));
    let written = AccountEntry::from(&account);
    let regions = ["us-east-1", "us-west-2"].map(str::to_owned).to_vec();
    assert_eq!(written, AccountEntry { regions, ..entry() });
    assert_eq!(RegisteredAccount::try_from(written), Ok(account));
}

#[rstest]
#[case(|it: &mut AccountEntry| it.account_id = "4444".to_owned(), "\"4444\" is not an account: that is 12 digits")]
#[case(|it: &mut AccountEntry| it.name = Some("  ".to_owned()), "a name has 1 to 128 characters")]
#[case(|it: &mut AccountEntry| it.name = Some("x".repeat(129)), "a name has 1 to 128 characters")]
#[case(|it: &mut AccountEntry| it.name = Some("a\nb".to_owned()), "a name has 1 to 128 characters")]
#[case(|it: &mut AccountEntry| it.role_arn = Some("larder".to_owned()), "such as arn:aws:iam::444455556666:role/")]
#[case(
    |it: &mut AccountEntry| it.role_arn = Some(ROLE.replace('4', "1")),
    "arn:aws:iam::111155556666:role/larder-read is a role of another account"
)]
#[case(|it: &mut AccountEntry| it.external_id = Some("x".to_owned()), "an external id has 2 to 1224")]
#[case(|it: &mut AccountEntry| it.external_id = Some("x y".to_owned()), "an external id has 2 to 1224")]
#[case(|it: &mut AccountEntry| it.external_id = Some("x".repeat(1_225)), "an external id has 2 to 1224")]
#[case(|it: &mut AccountEntry| it.role_arn = None, "an external id is told to a role, and none is named")]
#[case(|it: &mut AccountEntry| it.regions = vec!["us-east-9".to_owned()], "\"us-east-9\" is not an AWS region")]
#[case(|it: &mut AccountEntry| it.regions = vec!["cn-north-1".to_owned()], "cn-north-1 is not in the partition of arn")]
fn what_is_wrong_is_said(#[case] change: fn(&mut AccountEntry), #[case] says: &str) {
    let mut entry = entry();
    change(&mut entry);
    let error = RegisteredAccount::try_from(entry).expect_err("it is wrong").to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn an_account_needs_no_more_than_its_id() {
    let entry = AccountEntry { account_id: "444455556666".to_owned(), ..AccountEntry::default() };
    let account = RegisteredAccount::try_from(entry).expect("it is right");
    assert_eq!(account, RegisteredAccount::unnamed(account.id().clone()));
}
