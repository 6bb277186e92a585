use larder_app::{InspectedEntry, Inspection, NextRequest, Verdict};

use crate::output::seconds;

/// The selector of everything, as marks are named: its mark is the floor.
const EVERYTHING: &str = "*#*#*#*";

/// What stands under the key, why it is as it is, and what happens next.
pub(super) fn of(inspection: &Inspection) -> String {
    format!("{} is {}.\n{}\n{}", inspection.key, verdict(inspection.verdict), why(inspection), next(inspection))
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fresh => "fresh",
        Verdict::Stale => "stale",
        Verdict::Dead => "dead",
        Verdict::Corrupt => "corrupt",
        Verdict::Malformed => "malformed",
        Verdict::Foreign => "another key's",
        Verdict::Absent => "not kept",
    }
}

fn why(inspection: &Inspection) -> String {
    let Some(entry) = &inspection.entry else { return why_there_is_none(inspection.verdict) };
    let fetched = format!("It was fetched {} ago", time(entry.age_ms));
    match inspection.verdict {
        Verdict::Fresh => {
            let left = time(entry.lifetime_ms.saturating_sub(entry.age_ms));
            format!("{fetched} and is good for {left} more{}. {}", jitter(inspection, entry), fence(inspection, entry))
        }
        Verdict::Stale => {
            let over = time(entry.age_ms.saturating_sub(entry.lifetime_ms));
            let good_for = time(entry.lifetime_ms);
            format!("{fetched}, was good for {good_for}, and is {over} past that. {}", fence(inspection, entry))
        }
        Verdict::Foreign => {
            format!("The item says that it is {}: it is served to nobody, and an alarm is counted.", entry.identity)
        }
        Verdict::Corrupt => {
            format!("{fetched}, but {}. It counts as a miss and is written over.", inspection.reason)
        }
        Verdict::Dead | Verdict::Malformed | Verdict::Absent => format!("{fetched}. {}", death(inspection, entry)),
    }
}

fn why_there_is_none(verdict: Verdict) -> String {
    let text = match verdict {
        Verdict::Malformed => {
            "What stands there is no entry of this version's format: another version wrote it, or it is damaged. It \
             counts as a miss and is written over."
        }
        _ => "It was never fetched, or was purged, or the store has forgotten it since.",
    };
    text.to_owned()
}

/// Why a jittered entry is good for less than its TTL says.
fn jitter(inspection: &Inspection, entry: &InspectedEntry) -> String {
    let ttl = inspection.policy.ttl_ms;
    if entry.lifetime_ms >= ttl { String::new() } else { format!(" (of a TTL of {}, less jitter)", time(ttl)) }
}

fn fence(inspection: &Inspection, entry: &InspectedEntry) -> String {
    let marks = match inspection.marks.values().max() {
        None => "no mark matches it".to_owned(),
        Some(highest) => format!("the highest mark that matches it is {highest}"),
    };
    format!("Its fence {} is good: {marks}, so nothing was invalidated since its fetch began.", entry.fence)
}

fn death(inspection: &Inspection, entry: &InspectedEntry) -> String {
    let Some(incarnation) = &inspection.incarnation else {
        return "The store has no epoch item: what was invalidated is not known, so nothing stored is trusted."
            .to_owned();
    };
    if *incarnation != entry.incarnation {
        return format!(
            "The epoch item was lost and made again since ({} then, {incarnation} now): what was invalidated meanwhile \
             is not known, so nothing older is trusted.",
            entry.incarnation
        );
    }
    let above = inspection.marks.iter().filter(|(_, mark)| **mark > entry.fence);
    let above: Vec<_> = above.map(|(selector, mark)| format!("{} at {mark}", named(selector))).collect();
    format!(
        "Its fetch began at {}, its fence, and what it may hold was invalidated after that: {}. It is never served again.",
        entry.fence,
        above.join(", ")
    )
}

fn named(selector: &str) -> &str {
    if selector == EVERYTHING { "everything (the floor)" } else { selector }
}

fn next(inspection: &Inspection) -> String {
    let stands_in = inspection.entry.as_ref().map(|entry| {
        let until = entry.lifetime_ms.saturating_add(inspection.policy.stale_if_error_ms);
        time(until.saturating_sub(entry.age_ms))
    });
    let text = match (inspection.next_request, stands_in) {
        (NextRequest::ServesFresh, _) => "is answered from it, and AWS is not asked.".to_owned(),
        (NextRequest::ServesWhileRevalidating, _) => {
            "is answered from it at once, while AWS is asked for a new one.".to_owned()
        }
        (NextRequest::FetchesOrServesStale, Some(left)) => {
            format!("asks AWS; if AWS fails (and does not deny), it is answered from this one, for {left} more.")
        }
        (NextRequest::FetchesOrServesStale | NextRequest::Fetches, _) => {
            "asks AWS; nothing stands in if that fails.".to_owned()
        }
    };
    format!("The next request {text}")
}

fn time(millis: u64) -> String {
    if millis < 1_000 { format!("{millis} ms") } else { seconds(millis / 1_000) }
}

#[cfg(test)]
mod tests {
    use larder_app::InspectedPolicy;

    use super::*;

    fn entry(age_s: u64, fence: u64) -> InspectedEntry {
        InspectedEntry {
            identity: "aws#ec2-subnets#us-east-1#111122223333".to_owned(),
            resource: None,
            created_at: 0,
            expires_at: 290_000,
            used_at: None,
            warmed: false,
            ttl: 4_000,
            age_ms: age_s * 1_000,
            lifetime_ms: 290_000,
            incarnation: "a".repeat(32),
            fence,
            etag: "0".repeat(32),
            size: 10,
            chunks: 0,
        }
    }

    fn inspection(verdict: Verdict, next_request: NextRequest, entry: Option<InspectedEntry>) -> Inspection {
        Inspection {
            key: "ec2-subnets#us-east-1#111122223333".to_owned(),
            verdict,
            reason: String::new(),
            next_request,
            entry,
            policy: InspectedPolicy {
                ttl_ms: 300_000,
                stale_while_revalidate_ms: 60_000,
                stale_if_error_ms: 3_600_000,
            },
            incarnation: Some("a".repeat(32)),
            counter: Some(7),
            floor: None,
            marks: [("ec2-subnets#*#*#*".to_owned(), 5)].into(),
        }
    }

    fn check(inspection: &Inspection, said: &[&str]) {
        let text = of(inspection);
        for part in said {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }

    #[test]
    fn a_fresh_one_says_how_long_and_by_which_fence() {
        let fresh = inspection(Verdict::Fresh, NextRequest::ServesFresh, Some(entry(200, 5)));
        let jitter = "good for 90 s more (of a TTL of 5 min, less jitter)";
        check(&fresh, &["333 is fresh.", "3 min ago", jitter, "the highest mark", "AWS is not asked"]);
    }

    #[test]
    fn a_stale_one_says_since_when_and_what_it_is_still_good_for() {
        let stale = inspection(Verdict::Stale, NextRequest::FetchesOrServesStale, Some(entry(390, 5)));
        check(&stale, &["is stale.", "100 s past that", "if AWS fails", "for 58 min more"]);
        let refreshed = inspection(Verdict::Stale, NextRequest::ServesWhileRevalidating, Some(entry(300, 5)));
        check(&refreshed, &["at once, while AWS is asked"]);
    }

    #[test]
    fn a_dead_one_says_what_killed_it() {
        let mut dead = inspection(Verdict::Dead, NextRequest::Fetches, Some(entry(10, 4)));
        check(&dead, &["is dead.", "began at 4", "ec2-subnets#*#*#* at 5", "nothing stands in"]);
        dead.marks = [(EVERYTHING.to_owned(), 6), ("ec2-subnets#*#*#*".to_owned(), 4)].into();
        check(&dead, &["after that: everything (the floor) at 6."]);
        dead.incarnation = Some("b".repeat(32));
        check(&dead, &["lost and made again", &"b".repeat(32)]);
        dead.incarnation = None;
        check(&dead, &["no epoch item"]);
    }

    #[test]
    fn what_is_no_whole_entry_of_the_key_says_so() {
        let mut corrupt = inspection(Verdict::Corrupt, NextRequest::Fetches, Some(entry(10, 5)));
        corrupt.reason = "its value can't be read: a chunk of it is missing".to_owned();
        let said =
            ["is corrupt.", "10 s ago, but its value can't be read: a chunk of it is missing.", "nothing stands in"];
        check(&corrupt, &said);
        check(&inspection(Verdict::Absent, NextRequest::Fetches, None), &["is not kept.", "never fetched"]);
        check(&inspection(Verdict::Malformed, NextRequest::Fetches, None), &["no entry of this version's format"]);
        let foreign = inspection(Verdict::Foreign, NextRequest::Fetches, Some(entry(10, 5)));
        check(&foreign, &["is another key's.", "says that it is aws#ec2-subnets#us-east-1#111122223333", "alarm"]);
    }
}
