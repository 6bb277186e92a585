use std::time::Duration;

use larder_cache::{Content, Failure, FailureClass, UpstreamError};
use larder_sources::{FailureKind, FetchError, Region};
use rstest::rstest;

use super::*;

fn fetched(why: Forward, collapsed: bool, stored: bool) -> Origin {
    Origin::Upstream { why, collapsed, stored }
}

fn answer(origin: Origin, freshness: Freshness, age: u64) -> Answer {
    let (age, lifetime) = (Duration::from_secs(age), Duration::from_secs(300));
    Answer::of(Content { value: "{}".into(), etag: "e".into(), lifetime, created_at: 0 }, age, origin, freshness)
}

fn subnets() -> &'static DataType {
    larder_sources::data_type("ec2-subnets").expect("a row")
}

fn region() -> Region {
    Region::parse("af-south-1").expect("a region")
}

fn failed() -> Freshness {
    let error = FetchError::new(FailureKind::Unavailable, "ec2:DescribeSubnets", "\"no\"");
    Freshness::StaleIfError(Failure::Upstream(UpstreamError::new(FailureClass::Failed, error)).into())
}

#[rstest]
#[case(Origin::Memory, Freshness::Fresh, 19, "larder; hit; ttl=281; detail=memory")]
#[case(Origin::Store, Freshness::Fresh, 5, "larder; hit; ttl=295; detail=store")]
#[case(fetched(Forward::Miss, false, true), Freshness::Fresh, 0, "larder; fwd=miss; stored; ttl=300; detail=upstream")]
#[case(
    fetched(Forward::Request, true, true),
    Freshness::Fresh,
    0,
    "larder; fwd=request; stored; collapsed; ttl=300; detail=upstream"
)]
#[case(fetched(Forward::Bypass, false, false), Freshness::Fresh, 0, "larder; fwd=bypass; ttl=300; detail=upstream")]
#[case(
    Origin::Memory,
    Freshness::StaleWhileRevalidate,
    312,
    "larder; hit; ttl=-12; detail=\"memory; stale-while-revalidate\""
)]
#[case(
    Origin::Store,
    failed(),
    400,
    "larder; fwd=stale; fwd-status=503; ttl=-100; detail=\"stale-if-error; store; ec2:DescribeSubnets UPSTREAM_UNAVAILABLE\""
)]
fn it_reads_as_rfc_9211_says(
    #[case] origin: Origin,
    #[case] freshness: Freshness,
    #[case] age: u64,
    #[case] expected: &str,
) {
    assert_eq!(cache_status(&answer(origin, freshness, age), subnets()), expected);
}

/// Each region's name, and how it is answered: from there, or failed so.
#[rstest]
#[case(&[("a", Ok(Origin::Memory)), ("b", Err(Code::NotCached))], "larder; ttl=281; detail=\"a memory, b NOT_CACHED\"")]
#[case(&[("b", Err(Code::UnknownRegion))], "larder; detail=\"b UNKNOWN_REGION\"")]
#[case(&[("a", Ok(Origin::Store)), ("b", Err(Code::Overloaded))], "larder; ttl=281; detail=\"a store, b OVERLOADED\"")]
#[case(&[("a", Ok(Origin::Store)), ("b", Err(Code::Deadline))], "larder; fwd=miss; ttl=281; detail=\"a store, b DEADLINE\"")]
#[case(
    &[("a", Ok(Origin::Store)), ("b", Err(Code::UpstreamThrottled))],
    "larder; fwd=miss; fwd-status=503; ttl=281; detail=\"a store, b UPSTREAM_THROTTLED\""
)]
#[case(
    &[("a", Ok(fetched(Forward::Miss, false, true))), ("b", Err(Code::NotCached))],
    "larder; fwd=miss; stored; ttl=281; detail=\"a upstream, b NOT_CACHED\""
)]
#[case(&[("a", Ok(Origin::Memory))], "larder; hit; ttl=281; detail=\"a memory\"")]
fn only_what_went_upstream_is_forwarded(#[case] regions: &[(&str, Result<Origin, Code>)], #[case] expected: &str) {
    let mut regional = RegionalAnswers::default();
    for (name, came) in regions {
        match came {
            Ok(origin) => regional.answers.push((region(), answer(*origin, Freshness::Fresh, 19))),
            Err(code) => regional.failed.push(((*name).to_owned(), Problem::new(*code, "No."))),
        }
    }
    // The only region that is answered is called a.
    let told = regional_cache_status(&regional, subnets()).replace(region().name(), "a");
    assert_eq!(told, expected);
}

#[rstest]
#[case(
    Failure::Deadline(Duration::from_secs(25)),
    "larder; fwd=stale; ttl=-100; detail=\"stale-if-error; memory; DEADLINE\""
)]
#[case(Failure::Overloaded(16), "larder; hit; ttl=-100; detail=\"stale-if-error; memory; OVERLOADED\"")]
fn what_aws_did_not_say_is_no_status_of_it(#[case] failure: Failure, #[case] expected: &str) {
    let stale = answer(Origin::Memory, Freshness::StaleIfError(failure.into()), 400);
    assert_eq!(cache_status(&stale, subnets()), expected);
}

#[test]
fn a_string_is_escaped_and_ascii() {
    assert_eq!(sf_string("a\"b\\c\né"), r#""a\"b\\c""#);
}
