use std::sync::Arc;

use futures::FutureExt;
use larder_cache::store::InProcessStore;
use larder_cache::{Origin, Selector};

use crate::container::{Container, key};

/// A hit answers at once, so all of it is on this thread, and only this thread's allocations are counted.
#[tokio::test]
async fn a_memory_hit_allocates_nothing_whatever_its_size() {
    for bytes in [100, 10_000, 1_000_000] {
        let (container, key) = (Container::new(Arc::new(InProcessStore::new()), bytes), key(1));
        for region in ["eu-west-1", "eu-west-2", "eu-west-3"] {
            // Marks that a hit has to look at.
            let selector = Selector::default().data_type(key.data_type()).and_then(|some| some.region(region));
            container.cache.invalidate(&selector.expect("valid")).await.expect("acknowledged");
        }
        container.get(&key).await.expect("fetched");
        container.get(&key).await.expect("a hit, whose entry is marked as used in the background");
        tokio::task::yield_now().await;
        for hit in 0..100 {
            let mut answer = None;
            let allocated = allocation_counter::measure(|| answer = container.get(&key).now_or_never());
            let answer = answer.expect("a hit waits for nothing").expect("a hit");
            assert_eq!((answer.origin, answer.value.len()), (Origin::Memory, bytes));
            assert_eq!(allocated.count_total, 0, "hit {hit} of {bytes} bytes: {allocated:?}");
        }
    }
}

/// The counter counts: else none of the above says anything.
#[test]
fn an_allocation_is_counted() {
    let allocated = allocation_counter::measure(|| drop(std::hint::black_box(vec![7_u8; 100])));
    assert_eq!((allocated.count_total, allocated.bytes_total), (1, 100));
}
