use std::fs;

use rstest::rstest;

use crate::filled_file::{FilledFile, PATH, stop};

/// SQLite's, by which it reads and writes.
const PAGE: usize = 4_096;

/// What is done to the bytes of a sound file.
type Damage = fn(&mut Vec<u8>);

/// It is set aside as it was, never deleted, and a fresh one caches from then on.
#[rstest]
#[case::garbage(|bytes: &mut Vec<u8>| *bytes = b"no database, but somebody's notes\n".repeat(500))]
#[case::truncated(|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2))]
#[case::truncated_within_the_header(|bytes: &mut Vec<u8>| bytes.truncate(50))]
#[case::a_page_overwritten(|bytes: &mut Vec<u8>| bytes[2 * PAGE..3 * PAGE].fill(0xa5))]
#[tokio::test(flavor = "multi_thread")]
async fn as_it_was_and_a_fresh_one_caches(#[case] damage: Damage) {
    let world = FilledFile::new().await;
    let mut bytes = fs::read(world.file.path()).expect("the file");
    damage(&mut bytes);
    fs::write(world.file.path(), &bytes).expect("written");
    let door = world.open().await;
    let reply = door.get(PATH).await;
    assert_eq!((reply.status, &reply.text), (200, &world.fresh.text), "{reply:?}");
    assert!(reply.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", reply.cache_status());
    let aside = world.file.set_aside();
    assert_eq!(aside.len(), 1);
    assert!(fs::read(&aside[0]).expect("it is there") == bytes, "as it was");
    let said = door.program().log().iter().any(|line| line.contains("set aside") && line.contains("corrupt-1"));
    assert!(said, "{:?}", door.program().log());
    assert_eq!(door.get("/health").await.json()["store"], "ok");
    stop(door).await;
    world.assert_nothing_lost().await;
    assert_eq!(world.file.set_aside(), aside, "the fresh one is sound");
}

/// Damage that only the value's digest shows: the rest of the file stays in use.
#[tokio::test(flavor = "multi_thread")]
async fn but_not_for_damage_within_a_value() {
    let world = FilledFile::new().await;
    let mut bytes = fs::read(world.file.path()).expect("the file");
    let zstd = bytes.windows(4).rposition(|window| window == [0x28, 0xb5, 0x2f, 0xfd]).expect("a compressed value");
    bytes[zstd + 40] ^= 0x10;
    fs::write(world.file.path(), &bytes).expect("written");
    let door = world.open().await;
    let reply = door.get(PATH).await;
    assert_eq!((reply.status, &reply.text), (200, &world.fresh.text), "{reply:?}");
    assert!(reply.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", reply.cache_status());
    assert!(door.counted("corrupt").await > 0);
    assert!(world.file.set_aside().is_empty());
    stop(door).await;
    world.assert_nothing_lost().await;
}
