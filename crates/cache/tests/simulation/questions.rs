use larder_cache::{Account, Key, Scope, Selector, Variant};

use crate::random::Random;

pub(crate) const DATA_TYPES: [&str; 5] =
    ["drs-quotas", "ec2-subnets", "drs-accounts", "ec2-instance-types", "ec2-instances"];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
const RESOURCES: [&str; 2] = ["i-0123456789abcdef0", "i-0fedcba9876543210"];

/// Between one and five of the keys that there are: few, so that requests meet each other.
pub(crate) fn some(random: &Random) -> Vec<Key> {
    let mut keys = all();
    let wanted = random.one_of(&[1, 2, 2, 3, 5]);
    while keys.len() > wanted {
        keys.remove(random.index(keys.len()));
    }
    keys
}

/// Every kind of key: regional and not, of two accounts and of none, with parameters, about a resource.
fn all() -> Vec<Key> {
    let id = |number: usize| Account::Id(ACCOUNTS[number].to_owned());
    let scope = |region: Option<&str>, account| Scope {
        partition: "aws".to_owned(),
        region: region.map(ToOwned::to_owned),
        account,
    };
    let (here, there) = (Some(REGIONS[0]), Some(REGIONS[1]));
    let subset = Variant::of([("vpc-id", "vpc-1")]);
    [
        Key::new(DATA_TYPES[0], scope(here, id(0))),
        Key::new(DATA_TYPES[0], scope(here, id(1))),
        Key::new(DATA_TYPES[1], scope(here, id(0))),
        Key::new(DATA_TYPES[1], scope(there, id(0))),
        Key::with(DATA_TYPES[1], scope(here, id(0)), Some(subset), None),
        Key::new(DATA_TYPES[2], scope(None, id(1))),
        Key::new(DATA_TYPES[3], scope(here, Account::Global)),
        Key::with(DATA_TYPES[4], scope(here, id(0)), None, Some(RESOURCES[0])),
        Key::with(DATA_TYPES[4], scope(here, id(0)), None, Some(RESOURCES[1])),
    ]
    .map(|key| key.expect("valid"))
    .into()
}

/// Any combination of parts, each of a value that some key has.
pub(crate) fn selector(random: &Random) -> Selector {
    let mut selector = Selector::EVERYTHING;
    if random.happens(400) {
        selector = selector.data_type(random.one_of(&DATA_TYPES)).expect("valid");
    }
    if random.happens(300) {
        selector = selector.region(random.one_of(&REGIONS)).expect("valid");
    }
    if random.happens(300) {
        selector = selector.account(random.one_of(&ACCOUNTS)).expect("valid");
    }
    if random.happens(150) {
        selector = selector.resource(random.one_of(&RESOURCES)).expect("valid");
    }
    selector
}
