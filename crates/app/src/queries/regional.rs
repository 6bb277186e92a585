use std::collections::BTreeSet;

use futures::future::join_all;
use larder_cache::{Answer, Directives};
use larder_sources::{AccountId, EC2_REGIONS, Region, UsableRegions, data_type, usable_regions};

use super::places::Places;
use super::{Asking, Queries, RegionalAnswers};
use crate::Principal;
use crate::problem::{Code, Problem};

impl Queries {
    /// Asks each region for itself, so many side by side, in the question's one deadline.
    pub(super) async fn ask_each(&self, asking: &Asking<'_>, regions: BTreeSet<Region>) -> RegionalAnswers {
        let places = Places::new(self.region_concurrency, regions.len());
        let places = &places;
        let asks = regions.into_iter().map(|region| async move {
            let ask = self.ask_one(asking, Some(region));
            (region, places.give(&*self.environment, || self.left(asking), ask).await)
        });
        let mut regional = RegionalAnswers::default();
        for (region, reply) in join_all(asks).await {
            match reply {
                Ok(answer) => regional.answers.push((region, answer)),
                Err(problem) => regional.failed.push((region.to_string(), problem)),
            }
        }
        regional
    }

    /// Asks each region that the account may use and that has the data type's service. Where the data type has no
    /// account, the own one counts.
    pub(super) async fn ask_all(&self, asking: &Asking<'_>) -> Result<RegionalAnswers, Problem> {
        let row = data_type(EC2_REGIONS).ok_or_else(|| internal(&"there is no such data type"))?;
        let account = match &asking.account {
            Some(account) => account.clone(),
            None => self.own_account_of_regions(asking).await?,
        };
        let of_regions = Asking { data_type: row, account: Some(account), ..asking.clone() };
        let (told, UsableRegions { known, unknown }) = self.usable_regions(&of_regions).await?;
        let regions = known.into_iter().filter(|region| asking.data_type.is_in(*region)).collect();
        let mut regional = self.ask_each(asking, regions).await;
        // Behind those that were asked: what AWS said of those matters more.
        regional.failed.extend(unknown.into_iter().map(|name| (name, younger_than_larder())));
        Ok(RegionalAnswers { regions_told_by: Some(told), ..regional })
    }

    /// The regions that an account may use, for who asks each of them for itself.
    ///
    /// # Errors
    /// What asking for them failed with.
    pub(crate) async fn regions_of(
        &self,
        principal: &Principal,
        account: &AccountId,
        directives: &Directives,
    ) -> Result<UsableRegions, Problem> {
        let data_type = data_type(EC2_REGIONS).ok_or_else(|| internal(&"there is no such data type"))?;
        let began = self.environment.now();
        let asking = Asking { principal, data_type, account: Some(account.clone()), directives, began };
        Ok(self.usable_regions(&asking).await?.1)
    }

    async fn usable_regions(&self, asking: &Asking<'_>) -> Result<(Answer, UsableRegions), Problem> {
        let told = self.ask_one(asking, None).await?;
        let usable = usable_regions(&told.value).map_err(|error| internal(&error))?;
        Ok((told, usable))
    }

    /// The own account, whose regions stand for those of a data type that has none: for who may see it only.
    async fn own_account_of_regions(&self, asking: &Asking<'_>) -> Result<AccountId, Problem> {
        let own = self.own_account(asking, None).await?;
        if asking.principal.may_see(&own) {
            return Ok(own);
        }
        let detail = "All regions are those of the account of Larder's AWS credentials, and that is none of yours; name \
                      the regions, such as region us-east-1, or several with commas between them.";
        Err(Problem::new(Code::ForbiddenAccount, detail))
    }
}

/// That a region that an account may use is not known here.
pub(crate) fn younger_than_larder() -> Problem {
    let detail =
        "The account may use the region, but this version of Larder does not know it yet, so it was not asked.";
    Problem::new(Code::UnknownRegion, detail)
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(Code::Internal, format!("The regions of {EC2_REGIONS} can't be told: {error}."))
}
