use larder_history::What;
use larder_sources::{AccountId, Cost, DataType, Region};

use super::SyncRequest;
use crate::costs::COSTS;
use crate::inventory::InventoryKind;
use crate::problem::{Code, Problem};
use crate::queries::data_type_of_text;
use crate::{App, ChosenRegions, InvalidationRequest, Principal};

/// More marks than that for one sync would fold those of others: an epoch keeps 256, so a wider one takes their place.
const MOST_MARKS: usize = 16;

/// The data type that tells of it.
pub(super) fn data_type_of(what: What) -> Result<&'static DataType, Problem> {
    match what {
        What::Costs => data_type_of_text(COSTS),
        What::Resources(kind) => InventoryKind::of(kind).ok_or_else(|| no_row(what))?.data_type(),
    }
}

/// Kills what was cached before, and says of what kinds. Without a store nothing outlives a look at it; where the store is
/// out of reach, the fetches are asked for one by one.
pub(super) async fn mark(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    accounts: &[AccountId],
) -> Result<Vec<What>, Problem> {
    if app.store().reason.is_some() {
        return Ok(request.whats.clone());
    }
    let Marks { each, of } = marks(principal, request, accounts)?;
    for mark in each {
        match app.invalidation().invalidate(principal, &mark).await {
            Ok(_) => {}
            Err(problem) if problem.code() == Code::StoreUnavailable => return Ok(Vec::new()),
            Err(problem) => return Err(problem),
        }
    }
    Ok(of)
}

/// What has to be invalidated for a sync, and of what kinds that is all.
struct Marks {
    each: Vec<InvalidationRequest>,
    of: Vec<What>,
}

/// As little as a handful of marks can say. What costs money is marked account by account: a wider mark would kill what
/// nobody fills again, and whoever asks for it next would pay. Of too many accounts nothing is marked then, and each is
/// fetched past what is cached.
fn marks(principal: &Principal, request: &SyncRequest, accounts: &[AccountId]) -> Result<Marks, Problem> {
    let may_all = principal.check_invalidate(None).is_ok();
    let each: Vec<Option<&AccountId>> = accounts.iter().map(Some).collect();
    let widest = if request.accounts.is_empty() && may_all { &[None][..] } else { &each };
    let (mut marks, mut of) = (Vec::new(), Vec::new());
    for what in &request.whats {
        let data_type = data_type_of(*what)?;
        let is_paid = data_type.cost == Cost::EachCall;
        if is_paid && each.len() > MOST_MARKS {
            continue;
        }
        let accounts = if is_paid { &each } else { widest };
        let regions = regions(request, data_type, accounts.len());
        let is_few = accounts.len() * regions.len() * request.whats.len() <= MOST_MARKS;
        let accounts = if is_paid || is_few || !may_all { accounts } else { &[None] };
        marks.extend(accounts.iter().flat_map(|account| {
            regions.iter().map(|region| InvalidationRequest {
                data_type: Some(data_type),
                region: *region,
                account: account.cloned(),
                purge: false,
            })
        }));
        of.push(*what);
    }
    Ok(Marks { each: marks, of })
}

/// Those that are named, if there are few enough; else any.
fn regions(request: &SyncRequest, data_type: &DataType, accounts: usize) -> Vec<Option<Region>> {
    match &request.regions {
        ChosenRegions::These(named)
            if data_type.scope.has_region()
                && !named.is_empty()
                && accounts * named.len() * request.whats.len() <= MOST_MARKS =>
        {
            named.iter().copied().map(Some).collect()
        }
        _ => vec![None],
    }
}

fn no_row(what: What) -> Problem {
    Problem::new(Code::Internal, format!("{what:?} has no data type."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(count: u32) -> Vec<AccountId> {
        (0..count).map(|n| AccountId::parse(&format!("{n:012}")).expect("12 digits")).collect()
    }

    /// How many marks there are, whether the first is of an account, and of how many kinds they are all.
    fn told(request: &SyncRequest, accounts: &[AccountId]) -> (usize, Option<bool>, usize) {
        let marks = marks(&Principal::local(), request, accounts).expect("marks");
        (marks.each.len(), marks.each.first().map(|mark| mark.account.is_some()), marks.of.len())
    }

    #[test]
    fn a_sync_of_many_marks_no_more_than_a_handful() {
        let (many, one) = (accounts(300), accounts(1));
        assert_eq!(told(&SyncRequest::of_resources(), &many), (3, Some(false), 3));
        let named = SyncRequest { accounts: many.clone(), ..SyncRequest::of_resources() };
        assert_eq!(told(&named, &many), (3, Some(false), 3));
        let of_one = SyncRequest { accounts: one.clone(), ..SyncRequest::of_resources() };
        assert_eq!(told(&of_one, &one), (3, Some(true), 3));
    }

    #[test]
    fn costs_that_a_sync_does_not_fetch_are_never_killed() {
        let few = accounts(9);
        assert_eq!(told(&SyncRequest::of_costs(), &few), (9, Some(true), 1));
        assert_eq!(told(&SyncRequest::of_costs(), &accounts(300)), (0, None, 0));
        let whats = [SyncRequest::of_resources().whats, vec![What::Costs]].concat();
        assert_eq!(told(&SyncRequest { whats, ..SyncRequest::of_resources() }, &few), (3 + 9, Some(false), 4));
    }
}
