mod faked_issuer;

use larder_tests::TokenSigner;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use faked_issuer::{FakedIssuer, NOW};

/// The claims of a person's token that is good now, as Cognito makes them.
fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "client_id": "app", "token_use": "access", "scope": "larder/read", "sub": "1", "username": "ann",
        "cognito:groups": ["acct-111122223333"], "iat": NOW.as_secs(), "exp": NOW.as_secs() + 86_400,
    })
}

#[tokio::test]
async fn a_good_token_is_who_it_says() {
    let (signer, faked) = (TokenSigner::rs256("one"), FakedIssuer::start().await);
    faked.has(&[&signer]);
    let issuer = faked.discovered().await;
    let principal = issuer.principal_of(&signer.sign(&claims(&faked.url()))).await.expect("a good one");
    assert!(principal.check_read().is_ok() && principal.check_administer().is_err());
    let [own, other] = ["111122223333", "444455556666"].map(|id| crate::account_of_text(id).expect("12 digits"));
    assert!(principal.may_see(&own) && !principal.may_see(&other));
}

#[rstest]
#[case::no_access_token(json!({"token_use": "id"}), RefusedToken::NoAccessToken)]
#[case::says_not_what_it_is(json!({"token_use": null}), RefusedToken::NoAccessToken)]
#[case::of_another(json!({"iss": "https://idp.example"}), RefusedToken::Issuer)]
#[case::for_another(json!({"client_id": "other"}), RefusedToken::Audience)]
#[case::expired(json!({"exp": NOW.as_secs() - 60}), RefusedToken::Expired)]
#[case::not_yet(json!({"nbf": NOW.as_secs() + 60}), RefusedToken::NotYet)]
#[tokio::test]
async fn what_a_signed_token_says_is_checked(#[case] changed: Value, #[case] expected: RefusedToken) {
    let (signer, faked) = (TokenSigner::es256("one"), FakedIssuer::start().await);
    faked.has(&[&signer]);
    let mut claims = claims(&faked.url());
    claims.as_object_mut().expect("an object").extend(changed.as_object().expect("an object").clone());
    let refused = faked.discovered().await.principal_of(&signer.sign(&claims)).await;
    assert_eq!(refused.expect_err("refused"), expected);
}

#[tokio::test]
async fn what_is_not_signed_with_a_key_of_the_issuer_is_refused_and_asks_it_nothing() {
    let (signer, faked) = (TokenSigner::rs256("one"), FakedIssuer::start().await);
    faked.has(&[&signer]);
    let issuer = faked.discovered().await;
    let claims = claims(&faked.url());
    let good = signer.sign(&claims);
    let (rest, signature) = good.rsplit_once('.').expect("three parts");
    let other = signer.sign(&json!({"sub": "other"}));
    let stranger = TokenSigner::rs256("one").sign(&claims);
    let asked = faked.asked();
    for (token, expected) in [
        (signer.leave_unsigned(&claims), RefusedToken::Malformed),
        (signer.sign_with_the_public_key(&claims), RefusedToken::Algorithm),
        (signer.sign_under(&json!({"alg": "RS384"}), &claims), RefusedToken::Algorithm),
        (signer.sign_under(&json!({"crit": ["exp"]}), &claims), RefusedToken::Malformed),
        (signer.sign_under(&json!({"kid": null}), &claims), RefusedToken::UnknownKey),
        (stranger, RefusedToken::Signature),
        (format!("{}.{signature}", other.rsplit_once('.').expect("three parts").0), RefusedToken::Signature),
        (format!("{rest}."), RefusedToken::Signature),
        (rest.to_owned(), RefusedToken::Malformed),
        (format!("{good}.x"), RefusedToken::Malformed),
        ("x".to_owned(), RefusedToken::Malformed),
        (String::new(), RefusedToken::Malformed),
        (format!("{good}{}", "A".repeat(LONGEST_TOKEN)), RefusedToken::TooLong),
    ] {
        assert_eq!(issuer.principal_of(&token).await.expect_err("refused"), expected, "{token}");
    }
    assert_eq!(faked.asked(), asked);
    assert!(issuer.principal_of(&good).await.is_ok());
}

#[tokio::test]
async fn a_new_key_is_fetched_and_made_up_ones_do_not_hammer_the_issuer() {
    let [first, second, made_up] = ["one", "two", "three"].map(TokenSigner::es256);
    let faked = FakedIssuer::start().await;
    faked.has(&[&first]);
    let issuer = faked.discovered().await;
    let of = |signer: &TokenSigner| signer.sign(&claims(&faked.url()));
    assert!(issuer.principal_of(&of(&first)).await.is_ok());
    let asked = faked.asked();
    faked.has(&[&first, &second]);
    for _ in 0..10 {
        assert_eq!(issuer.principal_of(&of(&second)).await, Err(RefusedToken::UnknownKey), "it was asked just now");
    }
    assert_eq!(faked.asked(), asked);
    faked.pass(keys::LEFT_ALONE_FOR);
    assert!(issuer.principal_of(&of(&second)).await.is_ok());
    let asked = faked.asked();
    for _ in 0..10 {
        assert_eq!(issuer.principal_of(&of(&made_up)).await, Err(RefusedToken::UnknownKey));
    }
    assert_eq!(faked.asked(), asked);
    assert!(issuer.principal_of(&of(&first)).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_is_down_stops_no_token_of_a_known_key() {
    let [known, unknown] = ["one", "two"].map(TokenSigner::es256);
    let faked = FakedIssuer::start().await;
    faked.has(&[&known]);
    let issuer = faked.discovered().await;
    faked.fail();
    faked.pass(keys::GOOD_FOR * 2);
    let token = |signer: &TokenSigner| signer.sign(&claims(&faked.url()));
    let asked = faked.asked();
    for _ in 0..10 {
        assert!(issuer.principal_of(&token(&known)).await.is_ok());
        assert_eq!(issuer.principal_of(&token(&unknown)).await, Err(RefusedToken::NoKeys));
    }
    assert_eq!(faked.asked(), asked + 1, "it is left alone");
}

#[tokio::test]
async fn an_issuer_that_was_down_at_first_is_asked_again() {
    let (signer, faked) = (TokenSigner::es256("one"), FakedIssuer::start().await);
    faked.fail();
    let issuer = faked.discovered().await;
    let token = signer.sign(&claims(&faked.url()));
    assert_eq!(issuer.principal_of(&token).await, Err(RefusedToken::NoKeys));
    faked.has(&[&signer]);
    assert_eq!(issuer.principal_of(&token).await, Err(RefusedToken::NoKeys), "it is left alone");
    faked.pass(keys::LEFT_ALONE_FOR);
    assert!(issuer.principal_of(&token).await.is_ok());
}

#[tokio::test]
async fn a_key_that_the_issuer_takes_back_is_good_for_an_hour_at_most() {
    let [taken_back, kept] = ["one", "two"].map(TokenSigner::es256);
    let faked = FakedIssuer::start().await;
    faked.has(&[&taken_back, &kept]);
    let issuer = faked.discovered().await;
    faked.has(&[&kept]);
    let token = |signer: &TokenSigner| signer.sign(&claims(&faked.url()));
    assert!(issuer.principal_of(&token(&taken_back)).await.is_ok());
    faked.pass(keys::GOOD_FOR);
    assert_eq!(issuer.principal_of(&token(&taken_back)).await, Err(RefusedToken::UnknownKey));
    assert!(issuer.principal_of(&token(&kept)).await.is_ok());
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_the_reading_of_the_keys_to_end() {
    let [first, second] = ["one", "two"].map(TokenSigner::es256);
    let faked = FakedIssuer::start().await;
    faked.has(&[&first]);
    let issuer = faked.discovered().await;
    faked.has(&[&second]);
    faked.pass(keys::LEFT_ALONE_FOR);
    let (token, asked, held) = (second.sign(&claims(&faked.url())), faked.asked(), faked.hold());
    tokio::select! {
        answer = issuer.principal_of(&token) => panic!("the keys are held: {answer:?}"),
        () = held.asked() => {}
    }
    held.release();
    assert!(issuer.principal_of(&token).await.is_ok());
    assert_eq!(faked.asked(), asked + 1, "the one that was left to end");
}

#[tokio::test]
async fn an_issuer_without_keys_takes_back_all_until_it_has_some() {
    let (signer, faked) = (TokenSigner::es256("one"), FakedIssuer::start().await);
    faked.has(&[&signer]);
    let (first, token) = (faked.discovered().await, signer.sign(&claims(&faked.url())));
    faked.has(&[]);
    assert!(first.principal_of(&token).await.is_ok(), "it is not asked yet");
    faked.pass(keys::GOOD_FOR);
    for issuer in [first, faked.discovered().await] {
        faked.has(&[]);
        assert_eq!(issuer.principal_of(&token).await, Err(RefusedToken::UnknownKey));
        faked.has(&[&signer]);
        faked.pass(keys::LEFT_ALONE_FOR);
        assert!(issuer.principal_of(&token).await.is_ok());
    }
}

#[rstest]
#[case::no_keys(Some("{\"keys\": []}"), false)]
#[case::none_of_use(Some("{\"keys\": [{\"kty\": \"oct\", \"kid\": \"one\", \"k\": \"c2VjcmV0\"}]}"), false)]
#[case::empty(Some("\n"), false)]
#[case::missing(None, false)]
#[case::half_written(Some("{\"keys\": ["), true)]
#[tokio::test]
async fn a_file_without_keys_takes_back_all_and_is_an_error_at_first(
    #[case] document: Option<&str>,
    #[case] old_keys_count: bool,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("jwks.json");
    let (signer, faked) = (TokenSigner::es256("one"), FakedIssuer::start().await);
    std::fs::write(&path, FakedIssuer::key_set(&[&signer])).expect("it is written");
    let issuer = faked.in_file(&path).await.expect("keys");
    match document {
        Some(document) => std::fs::write(&path, document).expect("it is written"),
        None => std::fs::remove_file(&path).expect("it is removed"),
    }
    assert!(faked.in_file(&path).await.is_err());
    faked.pass(keys::GOOD_FOR);
    let token = signer.sign(&claims(&faked.url()));
    for _ in 0..2 {
        let answer = issuer.principal_of(&token).await;
        assert_eq!(answer.err(), (!old_keys_count).then_some(RefusedToken::UnknownKey));
    }
}

#[tokio::test]
async fn keys_come_only_from_the_very_issuer_and_privately() {
    let (signer, faked) = (TokenSigner::es256("one"), FakedIssuer::start().await);
    faked.has(&[&signer]);
    let token = signer.sign(&claims(&faked.url()));
    for discovery in [
        json!({"issuer": "https://idp.example", "jwks_uri": format!("{}/jwks", faked.url())}),
        // Leads here too, but only this machine's routes say so.
        json!({"issuer": faked.url(), "jwks_uri": format!("{}/jwks", faked.url().replace("127.0.0.1", "0.0.0.0"))}),
        json!({"issuer": faked.url()}),
        json!({
            "issuer": faked.url(), "jwks_uri": format!("{}/jwks", faked.url()),
            "filler": "x".repeat(place::LARGEST_DOCUMENT),
        }),
    ] {
        faked.says_of_itself(&discovery);
        let issuer = faked.discovered().await;
        assert_eq!(issuer.principal_of(&token).await, Err(RefusedToken::NoKeys), "{discovery}");
    }
}

#[tokio::test]
async fn a_file_of_keys_is_read_again_for_a_new_one_and_must_be_there_at_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("jwks.json");
    let faked = FakedIssuer::start().await;
    let refused = faked.in_file(&path).await.err().expect("no file").to_string();
    assert!(refused.contains("auth.jwks") && refused.contains("jwks.json"), "{refused}");
    std::fs::write(&path, "{}").expect("it is written");
    assert!(faked.in_file(&path).await.is_err(), "no keys");
    let [first, second] = ["one", "two"].map(TokenSigner::es256);
    std::fs::write(&path, FakedIssuer::key_set(&[&first])).expect("it is written");
    let issuer = faked.in_file(&path).await.expect("keys");
    let token = |signer: &TokenSigner| signer.sign(&claims(&faked.url()));
    assert!(issuer.principal_of(&token(&first)).await.is_ok());
    std::fs::write(&path, FakedIssuer::key_set(&[&second])).expect("it is written");
    faked.pass(keys::LEFT_ALONE_FOR);
    assert!(issuer.principal_of(&token(&second)).await.is_ok());
}
