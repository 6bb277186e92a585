use rstest::rstest;

use super::*;

fn token(claims: &[(&str, &str)]) -> Option<Principal> {
    let claims = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Principal::from_claims(&claims, &[])
}

#[rstest]
#[case::no_access_token(&[("token_use", "id"), ("scope", "larder/read")], None)]
#[case::no_use(&[("scope", "larder/read")], None)]
#[case::reader(&[("token_use", "access"), ("scope", "openid larder/read"), ("username", "ann")], Some((true, false)))]
#[case::reader_of_entra(&[("token_use", "access"), ("scp", "larder/read"), ("username", "ann")], Some((true, false)))]
#[case::no_scope(&[("token_use", "access"), ("username", "ann")], Some((false, false)))]
#[case::person_without_group(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("sub", "1"), ("client_id", "1")], Some((false, false)))]
#[case::person_in_group(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("cognito:groups", "[x larder-admins]")], Some((true, true)))]
#[case::group_without_scope(&[("token_use", "access"), ("scope", "larder/read"), ("username", "ann"), ("cognito:groups", "[larder-admins]")], Some((true, false)))]
#[case::group_of_like_name(&[("token_use", "access"), ("scope", "larder/admin"), ("username", "ann"), ("cognito:groups", "[not-larder-admins]")], Some((false, false)))]
#[case::program(&[("token_use", "access"), ("scope", "larder/admin"), ("sub", "app"), ("client_id", "app")], Some((true, true)))]
#[case::program_without_subject(&[("token_use", "access"), ("scope", "larder/admin")], Some((false, false)))]
fn rights_come_from_scope_and_group(#[case] claims: &[(&str, &str)], #[case] rights: Option<(bool, bool)>) {
    let rights_of = |principal: Principal| (principal.check_read().is_ok(), principal.check_administer().is_ok());
    assert_eq!(token(claims).map(rights_of), rights);
}

#[rstest]
#[case("", &[])]
#[case("[acct-111122223333]", &["111122223333"])]
#[case("[acct-111122223333 acct-444455556666 admins]", &["111122223333", "444455556666"])]
#[case("[acct-11112222333 acct-]", &[])]
#[case("[acct-all]", &["111122223333", "444455556666"])]
#[case("[acct-all-of-them]", &[])]
#[case::a_space_parts_and_nothing_else("[team,acct-all]", &[])]
#[case::a_space_parts_and_nothing_else("[team,acct-111122223333]", &[])]
fn accounts_come_from_groups(#[case] groups: &str, #[case] visible: &[&str]) {
    let principal = token(&[("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", groups)]);
    let principal = principal.expect("an access token");
    for id in ["111122223333", "444455556666"] {
        let account = AccountId::parse(id).expect("12 digits");
        assert_eq!(principal.check_account(&account).is_ok(), visible.contains(&id), "{id}");
    }
    assert_eq!(principal.check_some_account().is_ok(), !visible.is_empty());
    assert_eq!(principal.may_see_all(), groups == "[acct-all]");
}

#[test]
fn a_program_may_invalidate_every_account_and_see_none() {
    let claims = [("token_use", "access"), ("scope", "larder/admin"), ("sub", "app"), ("client_id", "app")];
    let program = token(&claims).expect("an access token");
    let account = AccountId::parse("111122223333").expect("12 digits");
    assert_eq!(program.check_invalidate(None), Ok(()));
    assert_eq!(program.check_invalidate(Some(&account)), Ok(()));
    assert!(program.check_some_account().is_err() && program.check_account(&account).is_err());
}

#[test]
fn a_program_with_an_account_group_is_held_to_it() {
    let claims = [("token_use", "access"), ("scope", "larder/admin"), ("sub", "app"), ("client_id", "app")];
    let program = token(&[claims.as_slice(), &[("cognito:groups", "[acct-111122223333]")]].concat());
    let program = program.expect("an access token");
    let [own, other] = ["111122223333", "444455556666"].map(|id| AccountId::parse(id).expect("12 digits"));
    assert_eq!(program.check_invalidate(Some(&own)), Ok(()));
    for account in [Some(&other), None] {
        assert_eq!(program.check_invalidate(account).expect_err("not its own").code(), Code::ForbiddenAccount);
    }
}

#[test]
fn a_person_invalidates_what_they_see_if_an_administrator() {
    let of = |scope, groups| {
        let claims = [("token_use", "access"), ("username", "ann"), ("scope", scope), ("cognito:groups", groups)];
        token(&claims).expect("an access token")
    };
    let [own, other] = ["111122223333", "444455556666"].map(|id| AccountId::parse(id).expect("12 digits"));
    let admin = of("larder/admin", "[acct-111122223333 larder-admins]");
    assert_eq!(admin.check_invalidate(Some(&own)), Ok(()));
    for account in [Some(&other), None] {
        let refused = admin.check_invalidate(account).expect_err("not theirs");
        assert_eq!(refused.code(), Code::ForbiddenAccount);
    }
    let reader = of("larder/read", "[acct-all larder-admins]");
    assert_eq!(reader.check_invalidate(Some(&own)).expect_err("a reader").code(), Code::Forbidden);
}
