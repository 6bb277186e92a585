mod halting_store;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use larder_cache::store::{ItemIdentity, Payload, Store, StoredEntry};
use larder_cache::{Account, Fence, Incarnation, Key, Moment, Scope, Settings, StoreHealth};
use rstest::rstest;

use super::*;
use crate::{SystemEnvironment, data_type_of_text};
use halting_store::HaltingStore;

const MINE: &str = "111122223333";
const OTHERS: &str = "444455556666";

/// A world in which a request's deadline passes as soon as nothing else goes on, and no other time ever does.
struct Impatient(SystemEnvironment);

impl Environment for Impatient {
    fn now(&self) -> Moment {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration == Directives::default().deadline {
            return Box::pin(std::future::ready(()));
        }
        Box::pin(std::future::pending())
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.0.spawn(work);
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

struct Listing {
    entries: Entries,
    store: Arc<HaltingStore>,
}

impl Listing {
    /// A store that lists so often, with an entry of each account, in this order of age.
    async fn of(accounts: &[&str], most: usize) -> Self {
        let store = Arc::new(HaltingStore::after(most));
        for (number, account) in accounts.iter().enumerate() {
            store.write_entry(&entry(number, account)).await.expect("it is written");
        }
        let environment = Arc::new(Impatient(SystemEnvironment::new()));
        let cache = Cache::new(environment.clone(), Some(store.clone()), Settings::default());
        Self { entries: Entries::new(cache, environment), store }
    }

    /// A page of `ec2-subnets` for a principal who may see [`MINE`] only.
    async fn page(&self, cursor: Option<&str>, limit: usize) -> Result<EntriesPage, Problem> {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        self.entries.page(&reader(), Some(row), cursor, limit).await
    }
}

/// Of a variant of its own, so that each has another key.
fn entry(number: usize, account: &str) -> StoredEntry {
    let scope = Scope {
        partition: "aws".to_owned(),
        region: Some("us-east-1".to_owned()),
        account: Account::Id(account.to_owned()),
    };
    let variant = larder_cache::Variant::of([("number", number.to_string().as_str())]);
    let key = Key::with("ec2-subnets", scope, Some(variant), None).expect("a key");
    let created_at = 1_700_000_000_000 + number as u64;
    StoredEntry {
        key: key.to_string(),
        identity: ItemIdentity::of(&key),
        created_at,
        expires_at: created_at + 1_000,
        used_at: None,
        ttl: 4_100_000_000,
        fence: Fence { incarnation: Incarnation::new(0, 1), counter: 0 },
        etag: "0123456789abcdef0123456789abcdef".to_owned(),
        forced: false,
        warmed: false,
        lease: None,
        size: 1,
        payload: Payload::Inline(Bytes::new()),
    }
}

fn reader() -> Principal {
    let groups = format!("[acct-{MINE}]");
    let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", &groups)];
    let claims: HashMap<_, _> = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[]).expect("an access token")
}

/// What is in a cursor, for whoever holds it.
fn inside(cursor: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).expect("base64url")).expect("text")
}

#[rstest]
#[case("ec2-subnets garbage")]
#[case("ec2-subnets ")]
#[case("ec2-subnets x|y")]
#[case("ec2-subnets 5|drs-quotas#us-east-1#111122223333")]
#[case::another_type("5|drs-quotas#us-east-1#111122223333")]
#[case::no_type("5|nothing#us-east-1#111122223333")]
#[case::a_longer_name("5|ec2-subnets-x#us-east-1#111122223333")]
#[case::no_key("5|ec2-subnets")]
#[case::no_time("x|ec2-subnets#us-east-1#111122223333")]
#[tokio::test]
async fn a_made_up_cursor_never_reaches_the_store(#[case] text: &str) {
    let listing = Listing::of(&[MINE], 100).await;
    let cursor = URL_SAFE_NO_PAD.encode(text);
    for _ in 0..Settings::default().breaker.failures {
        let problem = listing.page(Some(&cursor), 10).await.expect_err("refused");
        assert_eq!(problem.code(), Code::InvalidCursor);
    }
    assert_eq!((listing.store.lists(), listing.entries.cache.store_health()), (0, StoreHealth::Reachable));
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(7)]
#[tokio::test]
async fn a_cursor_names_only_what_the_caller_has_seen(#[case] limit: usize) {
    let accounts = [OTHERS, MINE, OTHERS, OTHERS, MINE, MINE, OTHERS, MINE, OTHERS];
    let listing = Listing::of(&accounts, usize::MAX).await;
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = listing.page(cursor.as_deref(), limit).await.expect("a page");
        assert!(page.entries.len() <= limit && page.entries.iter().all(|entry| entry.account_id == MINE));
        seen.extend(page.entries.into_iter().map(|entry| entry.key));
        cursor = page.next_cursor;
        let Some(cursor) = &cursor else { break };
        let last = seen.last().expect("a page that goes on has entries");
        assert!(inside(cursor).ends_with(last.as_str()), "{} is not {last}", inside(cursor));
    }
    let mine = (0..accounts.len()).filter(|number| accounts[*number] == MINE);
    assert_eq!(seen, mine.map(|number| entry(number, MINE).key).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_others_have_is_passed_over_in_growing_steps() {
    let accounts: Vec<_> = std::iter::repeat_n(OTHERS, 2_450).chain([MINE]).collect();
    let listing = Listing::of(&accounts, usize::MAX).await;
    let page = listing.page(None, 1).await.expect("a page");
    assert_eq!((page.entries.len(), page.next_cursor), (1, None));
    assert_eq!(listing.store.lists(), 5, "100, 200, 400, 800 and 1,000 at once");
}

#[tokio::test]
async fn a_page_that_the_deadline_cuts_goes_on_behind_what_it_has() {
    let accounts: Vec<_> = [MINE].into_iter().chain(std::iter::repeat_n(OTHERS, 150)).chain([MINE]).collect();
    let listing = Listing::of(&accounts, 1).await;
    let page = listing.page(None, 10).await.expect("a page");
    assert_eq!(page.entries.len(), 1);
    let cursor = page.next_cursor.expect("it was cut");
    assert!(inside(&cursor).ends_with(page.entries[0].key.as_str()));
}

#[tokio::test]
async fn a_deadline_before_any_entry_is_a_problem() {
    let listing = Listing::of(&[OTHERS; 150], 1).await;
    assert_eq!(listing.page(None, 10).await.expect_err("no time").code(), Code::Deadline);
}
