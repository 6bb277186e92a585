use std::time::Duration;

use bytes::Bytes;
use larder_cache::Answer;
use larder_sources::Region;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem};

/// The answers of several regions, each cached as its own entry, and the regions that have none.
#[derive(Clone, Debug, Default)]
pub struct RegionalAnswers {
    /// What told which regions there are, where all were asked.
    pub regions_told_by: Option<Answer>,
    /// By region.
    pub answers: Vec<(Region, Answer)>,
    /// By region, and why. A region that this program does not know is among them, so they go by name.
    pub failed: Vec<(String, Problem)>,
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
        let told_by = self.regions_told_by.iter().map(|answer| ("regions", &answer.etag));
        let tagged = told_by.chain(self.answers.iter().map(|(region, answer)| (region.name(), &answer.etag)));
        let tags = tagged.fold(Sha256::new(), |tags, (name, etag)| {
            tags.chain_update(name).chain_update(" ").chain_update(&**etag).chain_update("\n")
        });
        Some(hex::encode(&tags.finalize()[..16]))
    }

    /// How long ago the oldest answer's fetch began, that to which regions there are included.
    #[must_use]
    pub fn age(&self) -> Duration {
        let answers = self.answers.iter().map(|(_, answer)| answer).chain(&self.regions_told_by);
        answers.map(|answer| answer.age).max().unwrap_or_default()
    }

    fn failures(&self) -> Value {
        self.failed.iter().map(|(region, problem)| failure_in(region, problem)).collect()
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
pub(crate) fn failure_in(region: &str, problem: &Problem) -> Value {
    let mut failure = json!({"region": region});
    if let (Some(failure), Value::Object(document)) = (failure.as_object_mut(), problem.document()) {
        failure.extend(document);
    }
    failure
}
