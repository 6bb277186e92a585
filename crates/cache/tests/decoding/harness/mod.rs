//! What must hold whatever a store gives: one function for each target, which takes any bytes and panics if it does not.

mod choices;
mod table;
mod tampering;
mod texts;
mod world;

use larder_cache::{Directives, Failure};
use serde_json::json;

use choices::Choices;
use table::Table;
use world::{FRESH, Stored, World, read};

pub(crate) use texts::check as texts;
pub(crate) use world::Size;

/// Entries with the values in them, the epoch, and leases.
pub(crate) fn entries(bytes: &[u8]) {
    tampered(Size::Inline, bytes);
}

/// Entries whose values are in chunks.
pub(crate) fn chunks(bytes: &[u8]) {
    tampered(Size::Chunked, bytes);
}

/// What DynamoDB answers to a read: these bytes, or JSON that has something of an answer.
pub(crate) fn answers(bytes: &[u8]) {
    let (world, mut choices) = (World::of(Size::Inline), Choices::new(bytes));
    let table = Table::of(world.items.clone());
    let answer = match choices.byte() % 4 {
        0 => bytes.to_vec(),
        1 => json!({"Responses": {table::NAME: [{choices.text(): {"S": choices.text()}}]}}).to_string().into_bytes(),
        2 => json!({"Item": {"incarnation": {"S": choices.text()}, "counter": {"N": choices.text()}, "marks": {"M": {}}}})
            .to_string()
            .into_bytes(),
        _ => {
            let items: Vec<_> = world.items.values().collect();
            let mut answer = json!({"Responses": {table::NAME: items}}).to_string().into_bytes();
            answer.truncate(choices.below(answer.len()));
            answer
        }
    };
    table.answer_reads_with(answer);
    check(world, &table);
}

/// The store has what it had, but for what these bytes do to it.
fn tampered(size: Size, bytes: &[u8]) {
    let world = World::of(size);
    let mut items = world.items.clone();
    // As of a holder that is gone.
    let lease = json!({"cacheKey": {"S": format!("#lease#{}", world.stored[0].key)}, "owner": {"S": "gone"},
        "until": {"N": "1900000006000"}, "ttl": {"N": "1900003606"}});
    items.insert(format!("#lease#{}", world.stored[0].key), lease);
    tampering::tamper(&mut items, &mut Choices::new(bytes));
    check(world, &Table::of(items));
}

/// What nobody tampered with is read: else nothing of the rest says anything.
pub(crate) fn untouched(size: Size) {
    let world = World::of(size);
    for Stored { key, value } in &world.stored {
        let only_if_cached = Directives { only_if_cached: true, ..Directives::default() };
        let answer = read(&Table::of(world.items.clone()), key, only_if_cached, FRESH).expect("it is cached");
        assert!(answer.value == value, "{key}");
    }
}

/// A reader gets the very value, or none: then upstream's.
fn check(world: &World, table: &Table) {
    for Stored { key, value } in &world.stored {
        let only_if_cached = Directives { only_if_cached: true, ..Directives::default() };
        match read(table, key, only_if_cached, FRESH) {
            Ok(answer) => assert!(answer.value == value, "{key} is answered with what is not its own"),
            Err(Failure::NotCached) => {}
            Err(failure) => panic!("{key}: {failure}"),
        }
        let answer =
            read(table, key, Directives::default(), FRESH).unwrap_or_else(|failure| panic!("{key}: {failure}"));
        assert!(answer.value == value || answer.value == FRESH, "{key} is answered with what nobody said");
    }
}
