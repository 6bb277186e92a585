use std::collections::BTreeMap;
use std::sync::Mutex;

use futures::FutureExt;
use futures::future::{join_all, try_join_all};

use super::*;

/// Every name in two regions side by side, of which one is throttled now and then.
#[tokio::test(start_paused = true)]
async fn no_region_is_asked_more_than_twice_in_any_second_and_none_waits_for_another() {
    let clock = PausedClock::new();
    let times: Arc<Mutex<BTreeMap<String, Vec<u128>>>> = Arc::default();
    let script = cloudtrail({
        let (clock, times) = (clock.clone(), times.clone());
        move |asked| {
            let mut times = times.lock().expect("no panic inside");
            let times = times.entry(asked.uri.clone()).or_default();
            times.push(clock.elapsed().as_millis());
            match token_of(asked) {
                _ if asked.uri.contains("eu-west-1") && times.len().is_multiple_of(3) => refusal("ThrottlingException"),
                None => page(&[("e1", 10)], Some("two")),
                Some(_) => page(&[("e2", 20)], None),
            }
        }
    });
    let looking = Arc::new(looking(&script, &clock, 10));
    let lookups = ["us-east-1", "eu-west-1"].map(|region| {
        let region = Region::parse(region).expect("a region");
        let names = RecordedName::ALL.into_iter();
        let lookups = names.map(|name| Lookup { region, ..lookup(LookupBy::Name(name)) });
        try_join_all(lookups.map(|lookup| {
            let looking = looking.clone();
            // On its own, as functions run it.
            let asking = tokio::spawn(async move { looking.every_event(&lookup, WITHIN).await });
            asking.map(|events| events.expect("no panic inside"))
        }))
    });
    for region in join_all(lookups).await {
        let events = region.expect("events");
        assert!(events.iter().all(|events| events.len() == 2));
    }
    let times = times.lock().expect("no panic inside");
    assert_eq!(times.len(), 2);
    for (region, times) in &*times {
        assert!(times.windows(3).all(|three| three[2] - three[0] >= 1_000), "{region}: {times:?}");
        assert_eq!(times[0], 1_000, "{region}");
    }
    let [throttled, undisturbed] = times.values().collect::<Vec<_>>()[..] else { panic!("two regions") };
    assert_eq!(*undisturbed, (2..12).map(|nth| nth * 500).collect::<Vec<_>>());
    assert!(throttled.len() > undisturbed.len());
}
