use futures::future::{join, join_all};
use larder_sources::data_type;

use super::*;
use crate::events::faked_places::{account_of, region};
use crate::problem::Code;
use crate::test_app::{TestApp, TokioClock};

const WINDOW: Duration = Duration::from_secs(2);

struct World {
    app: TestApp,
    marks: Marks,
}

impl World {
    fn new() -> Self {
        Self::with(TestApp::with(|configuration| configuration.cache.settings.coherence_window = WINDOW))
    }

    fn with(app: TestApp) -> Self {
        let marks = Marks::new(app.app.clone(), Arc::new(TokioClock::new()));
        Self { app, marks }
    }

    async fn mark(&self, name: &str) -> Result<InvalidationDone, Problem> {
        let row = data_type(name).expect("a row");
        self.marks.mark(row, Some(region("us-east-1")), &account_of("111122223333")).await
    }

    /// How many marks were written.
    async fn written(&self) -> u64 {
        self.app.app.cache().epoch().await.expect("it is read").map_or(0, |epoch| epoch.fence().counter)
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_shares_one_mark_at_the_windows_end() {
    let world = World::new();
    world.mark("drs-quotas").await.expect("it is written");
    assert_eq!(world.written().await, 1, "the first waits for nobody");
    tokio::time::advance(Duration::from_millis(1_500)).await;
    let burst = join_all((0..100).map(|_| world.mark("drs-quotas")));
    let (burst, ()) = join(burst, async {
        tokio::time::sleep(Duration::from_millis(499)).await;
        assert_eq!(world.written().await, 1);
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(world.written().await, 2);
    })
    .await;
    assert!(burst.iter().all(|done| done.as_ref().is_ok_and(|done| done.epoch.counter == 2)), "{burst:?}");
    tokio::time::advance(WINDOW).await;
    world.mark("drs-quotas").await.expect("it is written");
    assert_eq!(world.written().await, 3, "after the window nobody waits");
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_after_the_beginning_has_a_mark_of_its_own() {
    let world = World::new();
    let (first, second) = join(world.mark("drs-quotas"), world.mark("drs-quotas")).await;
    let counters = [first, second].map(|done| done.expect("it is written").epoch.counter);
    assert_eq!(counters, [1, 2], "the first had begun when the second came");
}

#[tokio::test(start_paused = true)]
async fn selectors_do_not_wait_for_each_other() {
    let world = World::new();
    let began = world.marks.environment.now();
    for name in ["drs-quotas", "drs-source-servers", "ec2-subnets", "ec2-instance-profiles"] {
        world.mark(name).await.expect("it is written");
    }
    let row = data_type("drs-quotas").expect("a row");
    for (place, account) in [("us-east-1", "444455556666"), ("eu-west-1", "111122223333")] {
        world.marks.mark(row, Some(region(place)), &account_of(account)).await.expect("it is written");
    }
    assert_eq!((world.written().await, world.marks.environment.now().since(began)), (6, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_region_is_marked_without_one() {
    let world = World::new();
    let done = world.mark("ec2-instance-profiles").await.expect("it is written");
    assert_eq!((&*done.region, &*done.account_id), ("*", "111122223333"));
    let done = world.mark("ec2-subnets").await.expect("it is written");
    assert_eq!((&*done.region, &*done.account_id), ("us-east-1", "111122223333"));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_leaves_the_others_their_mark() {
    let world = World::new();
    world.mark("drs-quotas").await.expect("it is written");
    let impatient = tokio::time::timeout(Duration::from_secs(1), world.mark("drs-quotas")).await;
    assert!(impatient.is_err(), "it waits for the window's end");
    let done = world.mark("drs-quotas").await.expect("it is written");
    assert_eq!((done.epoch.counter, world.written().await), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_acknowledged_is_an_error_for_all_who_share_it() {
    let world = World::with(TestApp::with(|configuration| configuration.cache.disabled = true));
    for done in join_all((0..3).map(|_| world.mark("drs-quotas"))).await {
        assert_eq!(done.expect_err("there is no store").code(), Code::StoreUnavailable);
    }
}
