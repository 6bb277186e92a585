//! A check of the store finds what a question would, and leaves nothing behind.

use crate::fault::{Fault, Op};
use crate::world::{World, key};

#[tokio::test(start_paused = true)]
async fn a_sound_store_is_found_sound_and_left_as_it_was() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    let (epoch, key) = (world.store.epoch().await, key("store-check", "us-east-1", "123456789012"));
    let failed = container.cache.check_store(&key).await;
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(world.store.epoch().await, epoch);
    let written = world.store.written().pop().expect("an entry was tried");
    assert_eq!((&*written.key, written.payload.chunks().len()), (key.as_str(), 1));
    assert_eq!(world.store.chunks_there(&written.payload.chunks()).await, 0);
    assert!(world.store.stored(&key).await.is_none() && !world.store.is_leased(&key).await);
    assert_eq!(world.container().tell().await, "v1 store");
}

#[tokio::test(start_paused = true)]
async fn each_thing_that_may_be_denied_alone_is_found() {
    let key = key("store-check", "us-east-1", "123456789012");
    let reads = [Op::ReadEpoch, Op::CreateEpoch, Op::Read, Op::List];
    let writes = [Op::TakeLease, Op::ReleaseLease, Op::WriteChunks, Op::WriteEntry, Op::Delete, Op::MarkUsed];
    for op in reads.into_iter().chain(writes) {
        let world = World::new();
        world.store.fault(&[op], &Fault::Fail);
        assert_eq!(world.container().cache.check_store(&key).await.len(), 1, "{op:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_can_not_be_read_is_asked_for_nothing_more() {
    let world = World::new();
    world.store.fault_all(&Fault::Hang);
    let key = key("store-check", "us-east-1", "123456789012");
    assert_eq!(world.container().cache.check_store(&key).await.len(), 1);
    assert_eq!(world.store.total(), 1);
}
