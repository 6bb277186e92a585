use jiff::Timestamp;

use super::moment;
use super::seed::draw;

/// How evidence reaches who asks for it: of how many events in a hundred what goes wrong. By default nothing does but
/// what always may: CloudTrail shows an event 2 to 15 minutes after it happened, EventBridge tells of it within seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Delivery {
    /// It comes late: CloudTrail's by up to six hours, EventBridge's by up to two.
    pub late: u8,
    /// It comes twice.
    pub doubled: u8,
    /// It never comes. Only EventBridge loses events.
    pub lost: u8,
    /// It comes after one that happened later.
    pub out_of_order: u8,
}

/// By how many seconds an event may reach who asks for it later than it happened, at most.
pub(super) const LATEST: i64 = 7 * 3_600;

impl Delivery {
    /// From when on CloudTrail shows the event.
    pub(super) fn recorded(&self, id: u64, at: i64) -> i64 {
        let late = if chance(id, "late", self.late) { between(id, "later", 900, 6 * 3_600) } else { 0 };
        at + between(id, "seen", 120, 900) + late
    }

    /// How often CloudTrail shows the event.
    pub(super) fn copies(&self, id: u64) -> usize {
        if chance(id, "doubled", self.doubled) { 2 } else { 1 }
    }

    /// Whether CloudTrail shows the event behind its successor.
    pub(super) fn falls_behind(&self, id: u64) -> bool {
        chance(id, "behind", self.out_of_order)
    }

    /// When EventBridge tells of the event, each time that it does.
    pub(super) fn notified(&self, id: u64, at: i64) -> Vec<Timestamp> {
        if chance(id, "lost", self.lost) {
            return Vec::new();
        }
        let late = if chance(id, "late", self.late) { between(id, "later", 60, 2 * 3_600) } else { 0 };
        let behind = if chance(id, "behind", self.out_of_order) { between(id, "how far", 60, 900) } else { 0 };
        let first = at + between(id, "told", 1, 5) + late + behind;
        let again = chance(id, "doubled", self.doubled).then(|| first + between(id, "again", 1, 600));
        [first].into_iter().chain(again).map(moment).collect()
    }
}

fn chance(id: u64, question: &str, percent: u8) -> bool {
    draw(id, question) % 100 < u64::from(percent)
}

fn between(id: u64, question: &str, least: i64, most: i64) -> i64 {
    let span = u64::try_from(most - least + 1).unwrap_or(1);
    least + i64::try_from(draw(id, question) % span).unwrap_or_default()
}
