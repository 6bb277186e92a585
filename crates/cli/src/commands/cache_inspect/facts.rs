use comfy_table::Table;
use jiff::Timestamp;
use larder_app::{InspectedEntry, Inspection};

use crate::output::{bytes, seconds, table};

/// What the sentences were made of, if anything is known of the key.
pub(super) fn table_of(inspection: &Inspection) -> Option<Table> {
    let mut table = table(&["FIELD", "VALUE"]);
    let epoch = inspection.incarnation.as_ref().zip(inspection.counter);
    let epoch = epoch.map(|(incarnation, counter)| ("epoch", format!("{counter} of {incarnation}")));
    let marks = inspection.marks.iter();
    let marks = marks.map(|(selector, mark)| ("mark", format!("{selector} at {mark}{}", effect(inspection, *mark))));
    for (field, value) in inspection.entry.iter().flat_map(of_entry).chain(epoch).chain(marks) {
        table.add_row([field.to_owned(), value]);
    }
    (table.row_count() > 0).then_some(table)
}

fn of_entry(entry: &InspectedEntry) -> Vec<(&'static str, String)> {
    let chunks = if entry.chunks > 0 { format!(" in {} chunks", entry.chunks) } else { String::new() };
    let ahead = if entry.warmed { ", ahead of requests" } else { "" };
    let mut facts = vec![
        ("fetched", format!("{}, {} ago{ahead}", at(entry.created_at), seconds(entry.age_ms / 1_000))),
        ("fresh until", at(entry.expires_at)),
        ("first served", entry.used_at.map_or_else(|| "-".to_owned(), at)),
        ("kept until", at(entry.ttl.saturating_mul(1_000))),
        ("fence", format!("{} of {}", entry.fence, entry.incarnation)),
        ("etag", entry.etag.clone()),
        ("size", format!("{}{chunks}", bytes(entry.size))),
    ];
    facts.extend(entry.resource.iter().map(|resource| ("resource", resource.clone())));
    facts
}

/// What a mark does to the entry, if there is one of the same incarnation.
fn effect(inspection: &Inspection, mark: u64) -> &'static str {
    let entry = inspection.entry.as_ref();
    match entry.filter(|entry| inspection.incarnation.as_ref() == Some(&entry.incarnation)) {
        None => "",
        Some(entry) if mark > entry.fence => ", above the fence: it kills the entry",
        Some(_) => ", not above the fence",
    }
}

/// A moment in Unix milliseconds, whatever nonsense it may hold.
fn at(millis: u64) -> String {
    let moment = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    moment.map_or_else(|| format!("{millis} ms"), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_a_date_or_as_what_stands_there() {
        assert_eq!(at(1_500), "1970-01-01T00:00:01.5Z");
        assert_eq!(at(u64::MAX), "18446744073709551615 ms");
    }
}
