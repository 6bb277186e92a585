use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::operations::Call;

/// One page of a list, and the token that asks for the next one.
#[derive(Debug)]
pub(crate) struct Page<'a, T> {
    pub(crate) items: &'a [T],
    pub(crate) next: Option<String>,
}

/// The token is not one that this operation gave out to this account in this region.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidToken;

/// How a list goes on from page to page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pages {
    /// Page by page to the end.
    #[default]
    Whole,
    /// This page is empty, and a new token asks for what it would have held. No two have the same `nonce`.
    Empty { nonce: u64 },
    /// The page's token asks for the same page again.
    Repeating,
}

/// Cuts the page out of `items` that `token` asks for, or the first one, with at most `size` items.
pub(crate) fn page<'a, T>(
    items: &'a [T],
    call: &Call,
    token: Option<&str>,
    size: usize,
) -> Result<Page<'a, T>, InvalidToken> {
    let start = match token {
        None => 0,
        Some(token) => decode(call, token).ok_or(InvalidToken)?,
    };
    // A list that a narrower filter made shorter since ends here.
    let rest = items.get(start..).unwrap_or_default();
    let items = &rest[..size.min(rest.len())];
    let next = match call.pages {
        Pages::Whole => (items.len() < rest.len()).then(|| encode(call, start + items.len(), 0)),
        Pages::Repeating => Some(encode(call, start, 0)),
        Pages::Empty { nonce } => return Ok(Page { items: &[], next: Some(encode(call, start, nonce)) }),
    };
    Ok(Page { items, next })
}

/// The nonce only makes tokens for the same page differ.
fn encode(call: &Call, offset: usize, nonce: u64) -> String {
    let offset = offset as u64;
    URL_SAFE_NO_PAD.encode([offset, seal(call, offset), nonce].map(u64::to_be_bytes).concat())
}

fn decode(call: &Call, token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (offset, rest) = bytes.split_first_chunk::<8>()?;
    let (sealed, _nonce) = rest.split_first_chunk::<8>()?;
    let offset = u64::from_be_bytes(*offset);
    let genuine = *sealed == seal(call, offset).to_be_bytes();
    genuine.then(|| usize::try_from(offset).ok())?
}

/// Binds a token to where it came from. It guards against mistakes, not against forgers.
fn seal(call: &Call, offset: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (call.operation, call.account.id(), call.region, offset).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::caller::Caller;
    use crate::costs::Costs;
    use crate::fleet::Fleet;
    use crate::lives::{Delivery, Lives, ServerCounts};
    use crate::lookup_rate::LookupRate;
    use crate::sessions::Sessions;

    /// Runs `test` with a call of `DescribeJobs` by the first account in the first region, and one by the second.
    fn with_calls(test: impl FnOnce(Call, Call)) {
        let (fleet, sessions) = (Fleet::generate(1), Sessions::new(1, None));
        let lives = Lives::generate(1, &fleet, &ServerCounts::default());
        let costs = Costs::generate(1, &fleet);
        let callers = [0, 1].map(|nth| Caller::user(&fleet.accounts()[nth]));
        let [own, foreign] = [0, 1].map(|nth| Call {
            operation: "DescribeJobs",
            caller: &callers[nth],
            account: callers[nth].account,
            region: fleet.regions()[0],
            pages: Pages::Whole,
            tag: None,
            fleet: &fleet,
            lives: &lives,
            costs: &costs,
            delivery: Delivery::default(),
            lookup_rate: LookupRate::Unlimited,
            within_a_second: 1,
            sessions: &sessions,
            now: Timestamp::UNIX_EPOCH,
        });
        test(own, foreign);
    }

    #[test]
    fn pages_cover_the_list_once() {
        with_calls(|call, _| {
            let items: Vec<u32> = (0..23).collect();
            let (mut seen, mut token) = (Vec::new(), None::<String>);
            loop {
                let page = page(&items, &call, token.as_deref(), 10).expect("own token");
                seen.extend_from_slice(page.items);
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
            assert_eq!(seen, items);
        });
    }

    #[test]
    fn a_token_is_good_only_where_it_came_from() {
        with_calls(|own, foreign| {
            let items = [1, 2, 3];
            let token = page(&items, &own, None, 1).expect("first page").next;
            let token = token.expect("more pages");
            let ask = |call: &Call, token: &str| page(&items, call, Some(token), 1).map(|it| it.items[0]);
            assert_eq!(ask(&own, &token), Ok(2));

            let elsewhere = Call { region: own.fleet.regions()[1], ..own };
            let other = Call { operation: "DescribeSourceServers", ..own };
            for call in [&elsewhere, &foreign, &other] {
                assert_eq!(ask(call, &token), Err(InvalidToken));
            }
            for garbage in ["", "2", "not a token", "AAAAAAAAAAEAAAAAAAAAAQ"] {
                assert_eq!(ask(&own, garbage), Err(InvalidToken), "{garbage}");
            }
        });
    }

    #[test]
    fn empty_pages_lead_on_and_a_repeating_token_does_not() {
        with_calls(|own, _| {
            let items = [1, 2, 3];
            let second = page(&items, &own, None, 1).expect("first page").next;
            let ask = |pages, token: Option<&str>| {
                let page = page(&items, &Call { pages, ..own }, token, 1).expect("own token");
                (page.items, page.next)
            };
            let (none, third) = ask(Pages::Empty { nonce: 1 }, second.as_deref());
            let (none_again, fourth) = ask(Pages::Empty { nonce: 2 }, third.as_deref());
            assert!(none.is_empty() && none_again.is_empty() && third != second && fourth != third);
            assert_eq!(ask(Pages::Whole, fourth.as_deref()).0, [2]);

            let (first, token) = ask(Pages::Repeating, None);
            assert_eq!(ask(Pages::Repeating, token.as_deref()), (first, token));
        });
    }
}
