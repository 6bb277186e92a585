use futures::stream::{self, StreamExt};
use larder_cache::Directives;
use larder_history::What;
use larder_sources::{AccountId, Region, UsableRegions};

use super::SyncRequest;
use super::deadline::Deadline;
use super::marks::data_type_of;
use crate::problem::Problem;
use crate::queries::younger_than_larder;
use crate::{App, ChosenRegions, Principal};

/// What is fetched and kept at once.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) account: AccountId,
    pub(super) what: What,
    /// Absent where what is fetched has none.
    pub(super) region: Option<Region>,
}

/// What could not even be tried.
#[derive(Clone, Debug)]
pub(super) struct Untried {
    pub(super) account: AccountId,
    pub(super) what: What,
    /// The name of a region that this program does not know; absent where the regions could not be told.
    pub(super) region: Option<String>,
    pub(super) problem: Problem,
}

/// What a sync of these accounts fetches, and what it can't.
pub(super) async fn targets(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    accounts: &[AccountId],
    deadline: &Deadline<'_>,
) -> Result<(Vec<Target>, Vec<Untried>), Problem> {
    let has_regions = |what: &What| matches!(what, What::Resources(_));
    let (mut targets, mut untried) = (Vec::new(), Vec::new());
    let of_accounts: Vec<_> =
        accounts.iter().map(|account| with_regions(app, principal, request, account, deadline)).collect();
    let mut of_accounts = stream::iter(of_accounts).buffered(app.side_by_side());
    while let Some((account, regions)) = of_accounts.next().await {
        for what in request.whats.iter().copied() {
            let target = |region| Target { account: account.clone(), what, region };
            let fail = |region, problem| Untried { account: account.clone(), what, region, problem };
            match &regions {
                _ if !has_regions(&what) => targets.push(target(None)),
                Ok(UsableRegions { known, unknown }) => {
                    let data_type = data_type_of(what)?;
                    let known = known.iter().copied().filter(|region| data_type.is_in(*region));
                    targets.extend(known.map(|region| target(Some(region))));
                    untried.extend(unknown.iter().map(|name| fail(Some(name.clone()), younger_than_larder())));
                }
                Err(problem) => untried.push(fail(None, problem.clone())),
            }
        }
    }
    Ok((targets, untried))
}

/// An account with its regions, which are not asked for where nothing that is wanted has any.
async fn with_regions<'a>(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    account: &'a AccountId,
    deadline: &Deadline<'_>,
) -> (&'a AccountId, Result<UsableRegions, Problem>) {
    if request.whats.iter().any(|what| matches!(what, What::Resources(_))) {
        return (account, regions(app, principal, request, account, deadline).await);
    }
    (account, Ok(UsableRegions { known: Vec::new(), unknown: Vec::new() }))
}

async fn regions(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    account: &AccountId,
    deadline: &Deadline<'_>,
) -> Result<UsableRegions, Problem> {
    match &request.regions {
        ChosenRegions::These(regions) => {
            Ok(UsableRegions { known: regions.iter().copied().collect(), unknown: Vec::new() })
        }
        ChosenRegions::All => {
            let default = Directives::default();
            let left = deadline.left_for_a_target().unwrap_or_default().min(default.deadline);
            app.queries().regions_of(principal, account, &Directives { deadline: left, ..default }).await
        }
    }
}
