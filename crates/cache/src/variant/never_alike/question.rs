use crate::key::Key;
use crate::part::InvalidPart;
use crate::scope::{Account, Scope};
use crate::variant::Variant;

/// All that tells one question from another. Parameters are in order: they may be given in any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) data_type: String,
    pub(super) partition: String,
    pub(super) region: Option<String>,
    /// Absent where the answer is the same for all.
    pub(super) account: Option<String>,
    pub(super) parameters: Option<Vec<(String, String)>>,
    pub(super) resource: Option<String>,
}

const DATA_TYPES: [&str; 4] = ["ec2-subnets", "ec2-subnets-us", "drs-quotas", "global"];
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];
const REGIONS: [&str; 5] = ["us-east-1", "us-east-11", "east-1", "cn-north-1", "aws-cn"];
const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "000000000000"];
const RESOURCES: [&str; 4] = ["i-0123456789abcdef0", "i-0", "a=b:c/d@e", "11"];

/// What texts are made of: separators, what stands for them, and what looks like a length or like something else.
const PIECES: [&str; 24] = [
    "a",
    "b",
    "name",
    "1",
    "#",
    "%23",
    "=",
    "&",
    ",",
    "\0",
    "\0\0\0\0\0\0\0\u{1}",
    "\u{ff}",
    "８",
    "é",
    "e\u{301}",
    "🦀",
    "\u{202e}",
    " ",
    "\n",
    "\"",
    "-",
    "*",
    "null",
    "Ａ",
];

impl Question {
    pub(super) fn any(dice: &mut Dice) -> Self {
        let parameters = (dice.below(8) > 0).then(|| (0..dice.below(4)).map(|_| (text(dice), text(dice))).collect());
        Self {
            data_type: dice.one_of(&DATA_TYPES).to_owned(),
            partition: dice.one_of(&PARTITIONS).to_owned(),
            region: (dice.below(3) > 0).then(|| dice.one_of(&REGIONS).to_owned()),
            account: (dice.below(3) > 0).then(|| dice.one_of(&ACCOUNTS).to_owned()),
            parameters,
            resource: (dice.below(3) == 0).then(|| dice.one_of(&RESOURCES).to_owned()),
        }
        .sorted()
    }

    pub(super) fn sorted(mut self) -> Self {
        self.parameters.iter_mut().for_each(|parameters| parameters.sort_unstable());
        self
    }

    pub(super) fn key(&self) -> Result<Key, InvalidPart> {
        let account = self.account.clone().map_or(Account::Global, Account::Id);
        let scope = Scope { partition: self.partition.clone(), region: self.region.clone(), account };
        let variant = self.parameters.as_ref().map(|parameters| {
            // The other way round, as any order is the same question.
            Variant::of(parameters.iter().rev().map(|(name, value)| (&**name, &**value)))
        });
        Key::with(&self.data_type, scope, variant, self.resource.as_deref())
    }

    /// As its key's text tells it from others: that has a partition only where there is no region to belong to one.
    pub(super) fn in_regions_partition(&self) -> Self {
        let partition = if self.region.is_some() { "the region's" } else { &self.partition };
        Self { partition: partition.to_owned(), ..self.clone() }
    }

    /// Its parameters alone.
    pub(super) fn only_parameters(&self) -> Self {
        let (none, parameters) = (String::new(), self.parameters.clone());
        Self { data_type: none.clone(), partition: none, region: None, account: None, parameters, resource: None }
    }
}

pub(super) fn text(dice: &mut Dice) -> String {
    (0..dice.below(4)).map(|_| dice.one_of(&PIECES)).collect()
}

pub(super) fn piece(dice: &mut Dice) -> &'static str {
    dice.one_of(&PIECES)
}

/// Numbers that follow from a seed (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).map_or(0, |number| number % limit)
    }

    pub(super) fn one_of(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.below(choices.len())]
    }
}
