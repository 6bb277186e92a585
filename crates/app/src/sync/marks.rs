use std::collections::BTreeSet;

use larder_history::What;
use larder_sources::{AccountId, DataType, Region};

use super::SyncRequest;
use crate::costs::COSTS;
use crate::inventory::InventoryKind;
use crate::problem::{Code, Problem};
use crate::queries::data_type_of_text;
use crate::{ChosenRegions, InvalidationRequest, Principal};

/// More marks than that for one sync would fold those of others: an epoch keeps 256, so a wider one takes their place.
const MOST_MARKS: usize = 16;

/// The data type that tells of it.
pub(super) fn data_type_of(what: What) -> Result<&'static DataType, Problem> {
    match what {
        What::Costs => data_type_of_text(COSTS),
        What::Resources(kind) => InventoryKind::of(kind).ok_or_else(|| no_row(what))?.data_type(),
    }
}

/// What has to be invalidated for a sync: as little as a handful of marks can say.
pub(super) fn marks(
    principal: &Principal,
    request: &SyncRequest,
    accounts: &[AccountId],
) -> Result<Vec<InvalidationRequest>, Problem> {
    let may_all = principal.check_invalidate(None).is_ok();
    let each: Vec<Option<&AccountId>> = accounts.iter().map(Some).collect();
    let accounts = if request.accounts.is_empty() && may_all { vec![None] } else { each };
    let named: &BTreeSet<Region> = match &request.regions {
        ChosenRegions::All => &BTreeSet::new(),
        ChosenRegions::These(regions) => regions,
    };
    let mut marks = Vec::new();
    for what in &request.whats {
        let data_type = data_type_of(*what)?;
        let count = accounts.len() * named.len().max(1) * request.whats.len();
        let has_regions = data_type.scope.has_region() && !named.is_empty() && count <= MOST_MARKS;
        let regions: Vec<_> = if has_regions { named.iter().copied().map(Some).collect() } else { vec![None] };
        let is_few = accounts.len() * regions.len() * request.whats.len() <= MOST_MARKS;
        let accounts = if is_few || !may_all { &*accounts } else { &[None] };
        marks.extend(accounts.iter().flat_map(|account| {
            regions.iter().map(|region| InvalidationRequest {
                data_type: Some(data_type),
                region: *region,
                account: account.cloned(),
                purge: false,
            })
        }));
    }
    Ok(marks)
}

fn no_row(what: What) -> Problem {
    Problem::new(Code::Internal, format!("{what:?} has no data type."))
}
