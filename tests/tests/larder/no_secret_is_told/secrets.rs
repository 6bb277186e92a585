/// An access token.
pub(super) const TOKEN: &str =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImNhbmFyeSJ9.eyJzdWIiOiJjYW5hcnktMDgxNSJ9.Q2FuYXJ5U2lnbmF0dXJlMDgxNQ";
/// The same as a header has it.
pub(super) const BEARER: &str =
    "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImNhbmFyeSJ9.eyJzdWIiOiJjYW5hcnktMDgxNSJ9.Q2FuYXJ5U2lnbmF0dXJlMDgxNQ";
/// What AWS's requests are signed with.
pub(super) const AWS_SECRET: &str = "CanarySecretKey0815+wJalrXUtnFEMIbPxRfiC";
/// What comes with temporary credentials.
pub(super) const SESSION_TOKEN: &str = "IQoJb3JpZ2luX2VjCanarySessionToken0815xEaCXVzLWVhc3QtMSJHMEUCIQD";
/// What a role's trust policy asks for.
pub(super) const EXTERNAL_ID: &str = "canary-external-id-0815";

/// So much of a secret is too much.
const BEGINNING: usize = 16;
/// No word of a log is so long but credentials that a service has issued.
const LONGEST_WORD: usize = 200;

/// That no secret is in any of these lines, nor the beginning of one. Of the parts of a token each is one.
pub(super) fn assert_silent(what: &str, lines: &[String]) {
    let parts = TOKEN.split('.').chain([AWS_SECRET, SESSION_TOKEN, EXTERNAL_ID]);
    let secrets: Vec<_> = parts.map(|secret| &secret[..BEGINNING]).collect();
    for line in lines {
        let told = secrets.iter().find(|secret| line.contains(**secret));
        assert!(told.is_none(), "{what}: {told:?} is told: {line}");
    }
}

/// The same of a log, which has no credentials either that were issued meanwhile.
pub(super) fn assert_silent_log(what: &str, lines: &[String]) {
    assert!(lines.len() > 1, "{what}: nothing is logged");
    assert_silent(what, lines);
    let is_of_words = |byte: char| byte.is_ascii_alphanumeric() || "+/=".contains(byte);
    for line in lines {
        let long = line.split(|byte| !is_of_words(byte)).find(|word| word.len() >= LONGEST_WORD);
        assert_eq!(long, None, "{what}: {line}");
    }
}

#[test]
fn a_secret_that_is_told_is_found() {
    let found = |line: String| std::panic::catch_unwind(|| assert_silent("x", &[line])).is_err();
    assert!(!found("a fetch failed: ec2:DescribeSubnets".to_owned()));
    for secret in [TOKEN, &TOKEN[..40], BEARER, AWS_SECRET, SESSION_TOKEN, EXTERNAL_ID] {
        assert!(found(format!("{{\"reason\":\"{secret}\"}}")), "{secret}");
    }
    let issued = vec!["begin".to_owned(), format!("token={}", "Ab0+".repeat(80))];
    assert!(std::panic::catch_unwind(|| assert_silent_log("x", &issued)).is_err());
}
