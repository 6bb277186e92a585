use std::time::Duration;

use bytes::Bytes;
use larder_sources::AccountId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::InventoryKind;
use super::region_told::{RegionTold, Source};
use crate::RegionalAnswers;
use crate::problem::{Code, Problem};
use crate::queries::failure_in;

/// The part of an inventory that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryPage {
    /// Resources after this one: its region and its id.
    pub after: Option<(String, String)>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// What is known of the resources of one kind in an account, region by region, and where nothing is.
pub struct InventoryAnswer {
    pub(super) account: AccountId,
    pub(super) kind: &'static InventoryKind,
    /// By name.
    pub(super) regions: Vec<RegionTold>,
    /// Those of which nobody knows anything, by name, and why.
    pub(super) failed: Vec<(String, Problem)>,
    /// What the cache and AWS answered, before the history stood in.
    pub(super) cached: RegionalAnswers,
}

impl InventoryAnswer {
    /// The page as JSON, with what to send as cursor for the next one.
    ///
    /// # Errors
    /// Where nothing is known of any region that was asked: the problem of all if it is the same, else
    /// [`Code::EveryRegionFailed`].
    pub fn body(&self, page: &InventoryPage, cursor: impl Fn(&str, &str) -> String) -> Result<Bytes, Problem> {
        if self.regions.is_empty() && !self.failed.is_empty() {
            return Err(self.all_failed());
        }
        let all = self.regions.iter().flat_map(|told| told.items.iter().map(|item| (&*told.region, item)));
        let (count, is_behind) = (all.clone().count(), |region: &str, id: &str| {
            page.after.as_ref().is_none_or(|(of, after)| (region, id) > (of, after))
        });
        let mut rest = all.filter(|(region, item)| is_behind(region, &item.id)).peekable();
        let (mut listed, mut last) = (Vec::new(), None);
        while let Some((region, item)) = rest.next_if(|_| page.limit.is_none_or(|limit| listed.len() < limit)) {
            listed.push(item.in_region(region));
            last = Some((region, &item.id));
        }
        let next = last.filter(|_| rest.peek().is_some()).map(|(region, id)| cursor(region, id));
        let next = next.map(|next| format!(",\"nextCursor\":\"{next}\"")).unwrap_or_default();
        let (name, account, list) = (self.kind.name, &self.account, listed.join(","));
        let regions: Value = self.regions.iter().map(RegionTold::document).collect();
        let failed: Value = self.failed.iter().map(|(region, problem)| failure_in(region, problem)).collect();
        let (source, age) = (json!(self.source()), json!(self.age().map(|age| age.as_secs())));
        let body = format!(
            "{{\"accountId\":\"{account}\",\"count\":{count},\"{name}\":[{list}],\"regions\":{regions},\
             \"failedRegions\":{failed},\"source\":{source},\"ageSeconds\":{age}{next}}}"
        );
        Ok(body.into())
    }

    /// How old the oldest of it is.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.regions.iter().map(|told| told.age).max()
    }

    /// What names the state that is told, while nothing is missing: the resources, and of when and why they are what they
    /// are. How old they are by now is not in it, so that it stays from one refresh to the next.
    #[must_use]
    pub fn etag(&self) -> Option<String> {
        if !self.failed.is_empty() {
            return None;
        }
        let told_by = self.cached.regions_told_by.as_ref();
        let tags = told_by.map_or_else(Sha256::new, |told_by| Sha256::new().chain_update(&*told_by.etag));
        let tags = self.regions.iter().fold(tags, |tags, told| tags.chain_update(told.state()));
        Some(hex::encode(&tags.finalize()[..16]))
    }

    /// What the cache and AWS answered, before the history stood in.
    #[must_use]
    pub fn cached(&self) -> &RegionalAnswers {
        &self.cached
    }

    fn source(&self) -> &'static str {
        let of_history = self.regions.iter().filter(|told| told.source == Source::History).count();
        match of_history {
            0 => "cache",
            all if all == self.regions.len() => "history",
            _ => "mixed",
        }
    }

    fn all_failed(&self) -> Problem {
        let mut codes: Vec<_> = self.failed.iter().map(|(_, problem)| problem.code()).collect();
        codes.dedup();
        let code = if let [one] = codes[..] { one } else { Code::EveryRegionFailed };
        let said: Vec<_> = self.failed.iter().map(|(region, it)| format!("{region}: {}", it.detail())).collect();
        let failed: Value = self.failed.iter().map(|(region, problem)| failure_in(region, problem)).collect();
        let problem = Problem::new(code, format!("No region could be answered. {}", said.join(" ")));
        let problem = problem.with("failedRegions", failed);
        match self.failed.iter().filter_map(|(_, problem)| problem.wait()).max() {
            Some(wait) => problem.retry_after(wait),
            None => problem,
        }
    }
}
