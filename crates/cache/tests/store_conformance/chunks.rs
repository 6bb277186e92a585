use larder_cache::store::ChunkId;
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::bytes;

const TTL: u64 = 4_100_003_900;

fn id(number: u32) -> ChunkId {
    ChunkId { digest: "d".repeat(64), number }
}

#[rstest]
#[tokio::test]
async fn chunks_come_in_the_order_asked_for_and_none_for_a_missing_one(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let written: Vec<_> = [4, 0, 2].map(|number| (id(number), bytes(number.into(), 100))).into();
    store.write_chunks(&written, TTL).await.expect("answers");
    let read = store.read_chunks(&[0, 1, 2, 3, 4].map(id)).await.expect("answers").value;
    assert_eq!(read, [Some(bytes(0, 100)), None, Some(bytes(2, 100)), None, Some(bytes(4, 100))]);
    assert_eq!(store.read_chunks(&[4, 0].map(id)).await.expect("answers").value.len(), 2);
    assert!(store.read_chunks(&[]).await.expect("answers").value.is_empty());
    store.write_chunks(&written, TTL).await.expect("the same again is no failure");
}

#[rstest]
#[tokio::test]
async fn forty_chunks_of_the_largest_size_come_back_whole(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let chunks: Vec<_> = (0..40).map(|number| (id(number), bytes(number.into(), 350 * 1024))).collect();
    store.write_chunks(&chunks, TTL).await.expect("answers");
    let ids: Vec<_> = chunks.iter().map(|(id, _)| id.clone()).collect();
    let read = store.read_chunks(&ids).await.expect("answers").value;
    assert!(read.into_iter().eq(chunks.into_iter().map(|(_, bytes)| Some(bytes))), "every chunk is its own");
}
