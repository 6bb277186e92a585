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
    let next = (items.len() < rest.len()).then(|| encode(call, start + items.len()));
    Ok(Page { items, next })
}

fn encode(call: &Call, offset: usize) -> String {
    let offset = offset as u64;
    let mut token = offset.to_be_bytes().to_vec();
    token.extend(seal(call, offset).to_be_bytes());
    URL_SAFE_NO_PAD.encode(token)
}

fn decode(call: &Call, token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (offset, sealed) = bytes.split_first_chunk::<8>()?;
    let offset = u64::from_be_bytes(*offset);
    let genuine = sealed == seal(call, offset).to_be_bytes();
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
    use super::*;
    use crate::fleet::Fleet;

    fn call<'a>(fleet: &'a Fleet, operation: &'static str, account: usize) -> Call<'a> {
        Call { operation, account: &fleet.accounts()[account], region: fleet.regions()[0], fleet }
    }

    #[test]
    fn pages_cover_the_list_once() {
        let fleet = Fleet::generate(1);
        let call = call(&fleet, "DescribeJobs", 0);
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
    }

    #[test]
    fn a_token_is_good_only_where_it_came_from() {
        let fleet = Fleet::generate(1);
        let items = [1, 2, 3];
        let own = call(&fleet, "DescribeJobs", 0);
        let token = page(&items, &own, None, 1).expect("first page").next;
        let token = token.expect("more pages");
        let ask = |call: &Call, token: &str| page(&items, call, Some(token), 1).map(|it| it.items[0]);
        assert_eq!(ask(&own, &token), Ok(2));

        let elsewhere = Call { region: fleet.regions()[1], ..own };
        let foreign = call(&fleet, "DescribeJobs", 1);
        let other = call(&fleet, "DescribeSourceServers", 0);
        for call in [&elsewhere, &foreign, &other] {
            assert_eq!(ask(call, &token), Err(InvalidToken));
        }
        let own = self::call(&fleet, "DescribeJobs", 0);
        for garbage in ["", "2", "not a token", "AAAAAAAAAAEAAAAAAAAAAQ"] {
            assert_eq!(ask(&own, garbage), Err(InvalidToken), "{garbage}");
        }
    }
}
