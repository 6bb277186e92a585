use larder_cache::{Environment, Origin};
use larder_sources::Region;

use super::*;

const FIVE: [&str; 5] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1"];

fn two_a_minute(configuration: &mut Configuration) {
    configuration.warm.fetches_per_minute = 2;
}

#[tokio::test(start_paused = true)]
async fn no_more_is_fetched_in_a_minute_than_the_budget_has() {
    for (within, refreshed) in [(30, 2), (100, 4), (130, 5)] {
        let world = World::with(two_a_minute);
        world.use_(SUBNETS, &FIVE).await;
        let before = world.asked();
        pass(57).await;
        let clock = TokioClock::new();
        let began = clock.now();
        let report = world.run_within(Duration::from_secs(within)).await;
        // What there is no budget for, is not waited for.
        assert!(clock.now().since(began) < Duration::from_secs(within - 9), "within {within} s");
        let expected = TypeReport { refreshed, over_budget: 5 - refreshed, ..TypeReport::default() };
        assert_eq!(subnets(&report), &expected, "within {within} s");
        assert_eq!(world.asked(), before + refreshed, "within {within} s");
    }
}

/// Else two of them would fetch at once.
#[tokio::test(start_paused = true)]
async fn a_run_is_over_when_the_next_begins_however_much_time_it_has() {
    let world = World::with(two_a_minute);
    let regions: Vec<_> = Region::all().iter().filter(|region| region.partition() == "aws").collect();
    let regions: Vec<_> = regions.iter().map(|region| region.name()).take(12).collect();
    world.use_(SUBNETS, &regions).await;
    pass(57).await;
    let report = world.run_within(Duration::from_hours(1)).await;
    assert_eq!(subnets(&report), &TypeReport { refreshed: 10, over_budget: 2, ..TypeReport::default() });
}

#[tokio::test(start_paused = true)]
async fn every_data_type_has_a_budget_of_its_own() {
    let world = World::with(two_a_minute);
    world.use_(SUBNETS, &FIVE[..3]).await;
    world.use_("ec2-security-groups", &FIVE[..3]).await;
    pass(57).await;
    let report = world.run_within(Duration::from_secs(30)).await;
    for name in [SUBNETS, "ec2-security-groups"] {
        assert_eq!((report.data_types[name].refreshed, report.data_types[name].over_budget), (2, 1), "{name}");
    }
    assert_eq!((report.total().refreshed, report.total().over_budget), (4, 2));
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fetched_nothing_costs_no_budget() {
    let world = World::with(two_a_minute);
    world.use_(SUBNETS, &FIVE).await;
    pass(57).await;
    let request = serde_json::json!({"dataType": SUBNETS});
    let request = crate::InvalidationRequest::parse(&request).expect("it is right");
    world.test.app.invalidation().invalidate(&Principal::local(), &request).await.expect("acknowledged");
    let report = world.run_within(Duration::from_secs(30)).await;
    assert_eq!(subnets(&report), &TypeReport { dead: 5, ..TypeReport::default() });
}

#[tokio::test(start_paused = true)]
async fn what_aws_has_no_time_for_is_left_to_the_next_run_and_no_failure() {
    let world = World::new();
    world.use_(SUBNETS, &FIVE).await;
    pass(57).await;
    world.test.aws.takes(Duration::from_secs(10));
    // One is asked for alone, then four side by side: those have five seconds left.
    let report = world.run_within(Duration::from_secs(15)).await;
    assert_eq!(subnets(&report), &TypeReport { refreshed: 1, out_of_time: 4, ..TypeReport::default() });
    assert_eq!(report.failed, []);
    let report = world.run_within(Duration::from_secs(1)).await;
    assert_eq!(subnets(&report), &TypeReport { out_of_time: 4, ..TypeReport::default() });
    world.test.aws.takes(Duration::ZERO);
    assert_eq!(world.ask(SUBNETS, "us-east-1").await, Origin::Memory);
}
