use larder_history::{Kind, What};
use larder_sources::AccountId;

use crate::ChosenRegions;
use crate::problem::{Code, Problem, quoted};

/// What can be synced, each with the word for it.
pub const SYNCED: [(&str, What); 4] = [
    ("instances", What::Resources(Kind::Instance)),
    ("snapshots", What::Resources(Kind::Snapshot)),
    ("amis", What::Resources(Kind::Image)),
    ("costs", What::Costs),
];

/// What is to be synced, and of whom.
#[derive(Clone, Debug)]
pub struct SyncRequest {
    /// All that whoever asks may see where there are none.
    pub accounts: Vec<AccountId>,
    /// In this order, each once.
    pub whats: Vec<What>,
    /// For what has regions.
    pub regions: ChosenRegions,
}

impl SyncRequest {
    /// Everything of every account that does not cost money.
    #[must_use]
    pub fn of_resources() -> Self {
        let whats = Kind::ALL.map(What::Resources).to_vec();
        Self { accounts: Vec::new(), whats, regions: ChosenRegions::All }
    }

    /// The costs of every account, for which AWS charges.
    #[must_use]
    pub fn of_costs() -> Self {
        Self { accounts: Vec::new(), whats: vec![What::Costs], regions: ChosenRegions::All }
    }
}

/// The word for it.
#[must_use]
pub fn name_of(what: What) -> &'static str {
    SYNCED.iter().find(|(_, it)| *it == what).map_or("", |(name, _)| name)
}

/// What a word stands for.
///
/// # Errors
/// [`Code::InvalidParameter`] for another word, naming those that there are.
pub fn what_of_text(word: &str) -> Result<What, Problem> {
    let found = SYNCED.iter().find(|(name, _)| *name == word).map(|(_, what)| *what);
    found.ok_or_else(|| {
        let known = SYNCED.map(|(name, _)| name);
        let detail = format!("{} can't be synced. There are {}.", quoted(word), known.join(", "));
        Problem::new(Code::InvalidParameter, detail).with("known", known.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use crate::inventory::InventoryKind;

    use super::*;

    #[test]
    fn the_words_are_those_of_the_inventory() {
        for kind in Kind::ALL {
            let row = InventoryKind::of(kind).expect("a row");
            assert_eq!(what_of_text(row.name), Ok(What::Resources(kind)));
            assert_eq!(name_of(What::Resources(kind)), row.name);
        }
        assert_eq!(what_of_text("costs"), Ok(What::Costs));
        let refused = what_of_text("instance").expect_err("it is not the word");
        assert!(refused.detail().contains("instances, snapshots, amis, costs"), "{refused}");
    }
}
