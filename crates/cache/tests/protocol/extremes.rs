//! Settings and policies that make no sense do no harm.

use std::time::Duration;

use larder_cache::Directives;
use rstest::rstest;

use crate::world::{World, pass, seconds};

#[rstest]
#[tokio::test(start_paused = true)]
async fn no_setting_makes_a_request_panic(
    #[values(Duration::ZERO, Duration::MAX)] duration: Duration,
    #[values(0, usize::MAX)] number: usize,
    #[values(f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 1.0)] jitter: f64,
) {
    let world = World::with(|settings, policy| {
        settings.ttl_jitter = jitter;
        settings.memory_bytes = number as u64;
        settings.bypass_concurrency = number;
        settings.most_marks = number;
        settings.largest_value = number;
        settings.negative_ttl = duration;
        settings.forced_fetch_interval = duration;
        settings.lease.duration = duration;
        settings.lease.renewal = duration;
        settings.lease.poll = duration;
        (policy.ttl, policy.stale_while_revalidate, policy.stale_if_error) = (duration, duration, duration);
    });
    let container = world.container();
    for _ in 0..3 {
        container.get().await.expect("fetched");
        container.get_with(Directives { deadline: Duration::MAX, ..Directives::default() }).await.expect("fetched");
        container.invalidate_all().await;
        pass(seconds(1)).await;
    }
    world.container_on(None).get().await.ok();
}
