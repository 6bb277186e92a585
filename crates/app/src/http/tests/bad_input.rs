use larder_cache::store::Store;
use rstest::rstest;

use super::*;

/// Sends it, and holds that nothing was asked of AWS and nothing invalidated.
async fn check_refused(method: &str, uri: &str, body: &str, status: u16, code: &str) {
    let test = TestApp::new();
    let got = send_as(&test, Some(Principal::local()), request(method, uri, &[], body.to_owned())).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (status, code), "{method} {uri}: {}", got.json());
    assert_eq!(test.aws.asked(), 0, "AWS was asked");
    assert_eq!(test.store.read_epoch().await.expect("an epoch read").value, None, "something was invalidated");
}

#[rstest]
#[case("GET", "/nowhere", 404, "NOT_FOUND")]
#[case("GET", "/ec2/subnet?region=us-east-1", 404, "NOT_FOUND")]
#[case("GET", "/ec2/../health", 404, "NOT_FOUND")]
#[case("GET", "/ec2/subnets/", 404, "NOT_FOUND")]
#[case("GET", "/%00", 404, "NOT_FOUND")]
#[case("POST", "/ec2/subnets?region=us-east-1", 405, "METHOD_NOT_ALLOWED")]
#[case("GET", "/cache/invalidate", 405, "METHOD_NOT_ALLOWED")]
#[case("DELETE", "/health", 405, "METHOD_NOT_ALLOWED")]
#[case("GET", "/ec2/subnets", 400, "MISSING_REGION")]
#[case("GET", "/ec2/subnets?region=", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=us-east-1.evil%23", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=../", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=%C3%BCs-east-1", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=%FF%FE", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=US-EAST-1", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=us-east-1%00", 400, "UNKNOWN_REGION")]
#[case("GET", "/ec2/subnets?region=all-of-them", 400, "UNKNOWN_REGION")]
#[case("GET", "/drs/quotas?region=us-east-1&accountId=12345", 400, "INVALID_ACCOUNT")]
#[case("GET", "/drs/quotas?region=us-east-1&accountId=", 400, "INVALID_ACCOUNT")]
#[case("GET", "/drs/quotas?region=us-east-1&accountId=12345678901a", 400, "INVALID_ACCOUNT")]
#[case(
    "GET",
    "/drs/quotas?region=us-east-1&accountId=%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6%D9%A7%D9%A8%D9%A9%D9%A0%D9%A1%D9%A2",
    400,
    "INVALID_ACCOUNT"
)]
#[case("GET", "/drs/quotas?region=us-east-1&account=111122223333", 400, "UNKNOWN_PARAMETER")]
#[case("GET", "/drs/quotas?region=us-east-1&region=eu-west-1", 400, "UNKNOWN_PARAMETER")]
#[case("GET", "/drs/quotas?Region=us-east-1", 400, "UNKNOWN_PARAMETER")]
#[case("GET", "/drs/quotas?region=us-east-1&limit=5", 400, "INVALID_LIMIT")]
#[case("GET", "/drs/quotas?region=us-east-1&cursor=YWZ0ZXI6YQ", 400, "INVALID_CURSOR")]
#[case("GET", "/ec2/subnets?region=us-east-1&limit=0", 400, "INVALID_LIMIT")]
#[case("GET", "/ec2/subnets?region=us-east-1&limit=1001", 400, "INVALID_LIMIT")]
#[case("GET", "/ec2/subnets?region=us-east-1&limit=-1", 400, "INVALID_LIMIT")]
#[case("GET", "/ec2/subnets?region=us-east-1&limit=%2B5", 400, "INVALID_LIMIT")]
#[case("GET", "/ec2/subnets?region=us-east-1&limit=99999999999999999999", 400, "INVALID_LIMIT")]
#[case("GET", "/ec2/subnets?region=us-east-1&cursor=x", 400, "INVALID_CURSOR")]
#[case("GET", "/cache/stats?verbose=1", 400, "UNKNOWN_PARAMETER")]
#[case("GET", "/cache/entries?dataType=ec2-subnet", 400, "UNKNOWN_DATA_TYPE")]
#[case("GET", "/cache/entries?limit=0", 400, "INVALID_LIMIT")]
#[case("GET", "/cache/entries?cursor=AAAA", 400, "INVALID_CURSOR")]
#[case("GET", "/openapi.json?x", 400, "UNKNOWN_PARAMETER")]
#[tokio::test]
async fn a_bad_request_is_refused_and_reaches_nothing(
    #[case] method: &str,
    #[case] uri: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    check_refused(method, uri, "", status, code).await;
}

#[rstest]
#[case("", "INVALID_BODY")]
#[case(" ", "INVALID_BODY")]
#[case("null", "INVALID_BODY")]
#[case("[]", "INVALID_BODY")]
#[case("\"drs-quotas\"", "INVALID_BODY")]
#[case("{", "INVALID_BODY")]
#[case("{} {}", "INVALID_BODY")]
#[case("dataType=drs-quotas", "INVALID_BODY")]
#[case("{\"dataType\":5}", "INVALID_BODY")]
#[case("{\"dataType\":null}", "INVALID_BODY")]
#[case("{\"region\":[\"us-east-1\"]}", "INVALID_BODY")]
#[case("{\"accountId\":111122223333}", "INVALID_BODY")]
#[case("{\"purge\":\"yes\"}", "INVALID_BODY")]
#[case("{\"purge\":null}", "INVALID_BODY")]
#[case("{\"dataType\":\"drs-quotas\",\"dataType\":\"ec2-subnets\"}", "INVALID_BODY")]
#[case("{\"dataType\":\"drs-quotas\",\"data\\u0054ype\":\"drs-quotas\"}", "INVALID_BODY")]
#[case("{\"purge\":false,\"accountId\":\"111122223333\",\"purge\":false}", "INVALID_BODY")]
#[case("{\"datatype\":\"drs-quotas\"}", "UNKNOWN_FIELD")]
#[case("{\"dataType\":\"drs-quotas\",\"resource\":\"i-1\"}", "UNKNOWN_FIELD")]
#[case("{\"dataType\":\"drs-quota\"}", "UNKNOWN_DATA_TYPE")]
#[case("{\"dataType\":\"*\"}", "UNKNOWN_DATA_TYPE")]
#[case("{\"region\":\"us-east-1.evil#\"}", "UNKNOWN_REGION")]
#[case("{\"region\":\"\"}", "UNKNOWN_REGION")]
#[case("{\"accountId\":\"12345\"}", "INVALID_ACCOUNT")]
#[tokio::test]
async fn a_bad_body_invalidates_nothing(#[case] body: &str, #[case] code: &str) {
    check_refused("POST", "/cache/invalidate", body, 400, code).await;
}

#[tokio::test]
async fn a_body_over_16_kib_is_not_read() {
    let padding = |total: usize| format!("{{}}{}", " ".repeat(total - 2));
    check_refused("POST", "/cache/invalidate", &padding(16 * 1024 + 1), 413, "BODY_TOO_LARGE").await;
    assert_eq!(invalidate(&TestApp::new(), &padding(16 * 1024)).await.status, 200);
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let test = TestApp::new();
    let got = send_as(&test, Some(Principal::local()), request("POST", SUBNETS, &[], Body::empty())).await;
    assert_eq!(got.header("allow"), "GET,HEAD");
    assert_eq!(get(&test, "/cache/invalidate").await.header("allow"), "POST");
}

#[tokio::test]
async fn a_field_given_twice_is_named() {
    let got =
        invalidate(&TestApp::new(), r#"{"region":"us-east-1","dataType":"drs-quotas","region":"eu-west-1"}"#).await;
    assert_eq!(got.problem(), "INVALID_BODY");
    assert!(got.json()["detail"].as_str().is_some_and(|detail| detail.contains("\"region\"")), "{}", got.json());
}
