use serde_json::{Value, json};

use super::{AUDIENCE, Asked, READ};

const READ_FIRST: Asked = ("GET", "/ec2/subnets?region=us-east-1&accountId=111122223333", None);
const READ_SECOND: Asked = ("GET", "/ec2/subnets?region=us-east-1&accountId=444455556666", None);
const READ_GLOBAL: Asked = ("GET", "/ec2/instance-types?region=us-east-1&limit=1", None);
const CLEAR: Asked = ("POST", "/cache/invalidate", Some("{}"));
const CLEAR_FIRST: Asked = ("POST", "/cache/invalidate", Some(r#"{"accountId":"111122223333"}"#));
const CLEAR_SECOND: Asked = ("POST", "/cache/invalidate", Some(r#"{"accountId":"444455556666"}"#));

/// A token that any authorizer lets through, and what Larder then makes of it.
pub(crate) struct Permitted {
    pub(crate) name: &'static str,
    /// In what its claims differ from those of a person who may read the first account.
    pub(crate) claims: fn() -> Value,
    pub(crate) asked: Asked,
    /// The status, and the code of the problem if it is one.
    pub(crate) answer: (u16, &'static str),
}

const DONE: (u16, &str) = (200, "");
const NOBODY: (u16, &str) = (401, "UNAUTHENTICATED");
const FORBIDDEN: (u16, &str) = (403, "FORBIDDEN");
const FORBIDDEN_ACCOUNT: (u16, &str) = (403, "FORBIDDEN_ACCOUNT");

macro_rules! rows {
    ($($name:literal: $claims:tt, $asked:ident => $answer:ident;)+) => {
        /// Every one of them, for both hosts.
        pub(crate) const PERMITTED: &[Permitted] =
            &[$(Permitted { name: $name, claims: || json!($claims), asked: $asked, answer: $answer },)+];
    };
}

rows! {
    "reads its account": {}, READ => DONE;
    "reads its account by name": {}, READ_FIRST => DONE;
    "reads what is of no account": {"cognito:groups": null}, READ_GLOBAL => DONE;
    "reads every account": {"cognito:groups": ["acct-all"]}, READ_FIRST => DONE;
    "names scopes as Entra does": {"scope": null, "scp": "larder/read"}, READ => DONE;
    "of another tenant": {"cognito:groups": ["acct-444455556666"]}, READ => FORBIDDEN_ACCOUNT;
    "reads another tenant's account": {}, READ_SECOND => FORBIDDEN_ACCOUNT;
    "of no account": {"cognito:groups": ["staff"]}, READ => FORBIDDEN_ACCOUNT;
    "of no group": {"cognito:groups": null}, READ => FORBIDDEN_ACCOUNT;
    "of a group of like name": {"cognito:groups": ["acct-1111222233334", "acct-all-of-them"]}, READ => FORBIDDEN_ACCOUNT;
    "without a scope": {"scope": null}, READ => FORBIDDEN;
    "with another scope": {"scope": "openid larder/reader"}, READ => FORBIDDEN;
    "an ID token": {"token_use": "id"}, READ => NOBODY;
    "of no use": {"token_use": null}, READ => NOBODY;
    "a refresh token": {"token_use": "refresh"}, READ => NOBODY;
    "a reader clears": {}, CLEAR_FIRST => FORBIDDEN;
    "group without scope": {"cognito:groups": ["larder-admins", "acct-all"]}, CLEAR => FORBIDDEN;
    "person with the scope without the group": {"scope": "larder/admin", "cognito:groups": ["acct-all"]}, CLEAR => FORBIDDEN;
    "administrator": {"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-all"]}, CLEAR => DONE;
    "administrator reads": {"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-all"]}, READ => DONE;
    "administrator of one account":
        {"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-111122223333"]}, CLEAR_FIRST => DONE;
    "administrator of one account clears another's":
        {"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-111122223333"]}, CLEAR_SECOND => FORBIDDEN_ACCOUNT;
    "administrator of one account clears all":
        {"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-111122223333"]}, CLEAR => FORBIDDEN_ACCOUNT;
    "program":
        {"scope": "larder/admin", "cognito:groups": null, "username": null, "sub": AUDIENCE}, CLEAR => DONE;
    "program reads": {"scope": "larder/admin", "cognito:groups": null, "username": null, "sub": AUDIENCE}, READ => FORBIDDEN_ACCOUNT;
    "program without the scope":
        {"scope": "larder/read", "cognito:groups": null, "username": null, "sub": AUDIENCE}, CLEAR => FORBIDDEN;
    "person who has the client's name":
        {"scope": "larder/admin", "cognito:groups": null, "sub": AUDIENCE}, CLEAR => FORBIDDEN;
}
