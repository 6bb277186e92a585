use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use larder_cache::Answer;
use larder_sources::{Region, data_type, usable_regions};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Asking, Queries};
use crate::problem::{Code, Problem};

/// The data type that says which regions an account may use.
const REGIONS: &str = "ec2-regions";

/// The answers of several regions, each cached as its own entry, and the regions that have none.
#[derive(Clone, Debug)]
pub struct RegionalAnswers {
    /// By region.
    pub answers: Vec<(Region, Answer)>,
    /// By region, and why.
    pub failed: Vec<(Region, Problem)>,
}

impl Queries {
    /// Asks each region for itself, so many side by side, in the question's one deadline.
    pub(super) async fn ask_each(&self, asking: &Asking<'_>, regions: BTreeSet<Region>) -> RegionalAnswers {
        let asks =
            stream::iter(regions).map(|region| async move { (region, self.ask_one(asking, Some(region)).await) });
        let mut replies: Vec<_> = asks.buffer_unordered(self.region_concurrency).collect().await;
        replies.sort_by_key(|(region, _)| *region);
        let mut regional = RegionalAnswers { answers: Vec::new(), failed: Vec::new() };
        for (region, reply) in replies {
            match reply {
                Ok(answer) => regional.answers.push((region, answer)),
                Err(problem) => regional.failed.push((region, problem)),
            }
        }
        regional
    }

    /// The regions that the account may use and that have the data type's service. Where the data type has no account,
    /// the own one counts.
    pub(super) async fn usable_regions(&self, asking: &Asking<'_>) -> Result<BTreeSet<Region>, Problem> {
        let row = data_type(REGIONS).ok_or_else(|| internal(&"there is no such data type"))?;
        let account = match &asking.account {
            Some(account) => account.clone(),
            None => self.own_account(None, self.left(asking)).await?,
        };
        let of_regions = Asking { data_type: row, account: Some(account), ..asking.clone() };
        let answer = self.ask_one(&of_regions, None).await?;
        let usable = usable_regions(&answer.value).map_err(|error| internal(&error))?;
        Ok(usable.into_iter().filter(|region| asking.data_type.is_in(*region)).collect())
    }
}

impl RegionalAnswers {
    /// The answers by region and the failures, as one JSON document: `{"regions": {...}, "failedRegions": [...]}`.
    ///
    /// # Errors
    /// Where there are failures and no answer: their code if all have the same, else [`Code::EveryRegionFailed`].
    pub fn body(&self) -> Result<Bytes, Problem> {
        if self.answers.is_empty() && !self.failed.is_empty() {
            return Err(self.all_failed());
        }
        let mut body = br#"{"regions":{"#.to_vec();
        for (nth, (region, answer)) in self.answers.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            body.extend_from_slice(format!("{comma}\"{region}\":").as_bytes());
            body.extend_from_slice(&answer.value);
        }
        body.extend_from_slice(format!("}},\"failedRegions\":{}}}", self.failures()).as_bytes());
        Ok(body.into())
    }

    /// What names the state that the answers tell, while none is missing: 32 hexadecimal digits.
    #[must_use]
    pub fn etag(&self) -> Option<String> {
        if !self.failed.is_empty() {
            return None;
        }
        let tags = self.answers.iter().fold(Sha256::new(), |tags, (region, answer)| {
            tags.chain_update(region.name()).chain_update(" ").chain_update(&*answer.etag).chain_update("\n")
        });
        Some(hex::encode(&tags.finalize()[..16]))
    }

    /// How long ago the oldest answer's fetch began.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.answers.iter().map(|(_, answer)| answer.age).max().unwrap_or_default()
    }

    fn failures(&self) -> Value {
        self.failed.iter().map(|(region, problem)| failure(*region, problem)).collect()
    }

    fn all_failed(&self) -> Problem {
        let mut codes: Vec<_> = self.failed.iter().map(|(_, problem)| problem.code()).collect();
        codes.dedup();
        let code = if let [one] = codes[..] { one } else { Code::EveryRegionFailed };
        let said = self.failed.iter().map(|(region, problem)| format!("{region}: {}", problem.detail()));
        let detail = format!("No region could be answered. {}", said.collect::<Vec<_>>().join(" "));
        let problem = Problem::new(code, detail).with("failedRegions", self.failures());
        match self.failed.iter().filter_map(|(_, problem)| problem.wait()).max() {
            Some(wait) => problem.retry_after(wait),
            None => problem,
        }
    }
}

/// A region's problem document, with the region in front.
fn failure(region: Region, problem: &Problem) -> Value {
    let mut failure = json!({"region": region.name()});
    if let (Some(failure), Value::Object(document)) = (failure.as_object_mut(), problem.document()) {
        failure.extend(document);
    }
    failure
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(Code::Internal, format!("The regions of {REGIONS} can't be told: {error}."))
}
