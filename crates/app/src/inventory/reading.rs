use std::time::Duration;

use larder_cache::Directives;
use larder_history::KeptResources;
use larder_sources::{AccountId, Region};

use super::region_told::RegionTold;
use super::{InventoryAnswer, InventoryKind};
use crate::outage::is_outage;
use crate::problem::Problem;
use crate::queries::account_of_text;
use crate::{App, ChosenRegions, Principal, Question, RegionalAnswers, Reply};

/// What is left of a request's time for the history, once AWS was too slow.
const LEFT_FOR_HISTORY: Duration = Duration::from_secs(5);

/// Reads inventories.
pub struct Inventory<'a>(&'a App);

/// Of which kind, account and regions.
#[derive(Clone, Copy, Debug)]
pub struct AskedInventory<'a> {
    /// Which kind.
    pub kind: &'static InventoryKind,
    /// 12 digits.
    pub account: &'a str,
    /// A region, several with commas between them, or `all`; all where absent.
    pub region: Option<&'a str>,
}

impl App {
    /// Inventories.
    #[must_use]
    pub fn inventory(&self) -> Inventory<'_> {
        Inventory(self)
    }
}

impl Inventory<'_> {
    /// What is known: from the cache, else from AWS, else, region by region and only while AWS is out of reach, from the
    /// history. A region that AWS refuses to tell of is named, and never answered from what it once told.
    ///
    /// # Errors
    /// A [`Problem`] of the question, or of AWS where nobody knows anything.
    pub async fn ask(
        &self,
        principal: &Principal,
        asked: &AskedInventory<'_>,
        directives: &Directives,
    ) -> Result<InventoryAnswer, Problem> {
        let data_type = asked.kind.data_type()?;
        let question = Question {
            data_type,
            region: Some(asked.region.unwrap_or(ChosenRegions::ALL)),
            account: Some(asked.account),
        };
        let account = account_of_text(asked.account)?;
        let regional = self.by_region(principal, &question, directives).await?;
        let told = regional.answers.iter().map(|(region, it)| RegionTold::of_answer(region.name(), it, data_type));
        let mut answer = InventoryAnswer {
            account,
            kind: asked.kind,
            regions: told.collect::<Result<_, _>>()?,
            failed: regional.failed.clone(),
            cached: regional,
        };
        self.stand_in(&mut answer).await;
        answer.regions.sort_by(|one, other| one.region.cmp(&other.region));
        Ok(answer)
    }

    /// What the cache and AWS answer. Where not even the regions could be told, all of them have failed: that is one
    /// failure by the name of all.
    async fn by_region(
        &self,
        principal: &Principal,
        question: &Question<'_>,
        directives: &Directives,
    ) -> Result<RegionalAnswers, Problem> {
        let Self(app) = self;
        let deadline = match app.history().is_configured() {
            true => directives.deadline.saturating_sub(LEFT_FOR_HISTORY),
            false => directives.deadline,
        };
        let directives = Directives { deadline, ..*directives };
        let mut regional = RegionalAnswers::default();
        match app.queries().ask(principal, question, &directives).await {
            Ok(Reply::Regional(by_region)) => return Ok(by_region),
            Ok(Reply::One(answer)) => regional.answers.extend(one_region(question).map(|region| (region, answer))),
            Err(problem) if is_outage(problem.code()) => {
                let named = question.region.unwrap_or(ChosenRegions::ALL).to_owned();
                regional.failed.push((named, problem));
            }
            Err(problem) => return Err(problem),
        }
        Ok(regional)
    }

    /// Puts what is kept in the place of what AWS failed to tell. A history that fails too leaves it at that.
    async fn stand_in(&self, answer: &mut InventoryAnswer) {
        let Self(app) = self;
        if !app.history().is_configured() || !answer.failed.iter().any(|(_, problem)| is_outage(problem.code())) {
            return;
        }
        let reading = self.kept(&answer.account, answer.kind);
        let kept = match tokio::time::timeout(LEFT_FOR_HISTORY, reading).await {
            Ok(Ok(kept)) => kept,
            Ok(Err(problem)) => return answer.say_in_each_failure(problem.detail()),
            Err(_) => return answer.say_in_each_failure("The history did not answer in time either."),
        };
        let (now, failed) = (app.now(), std::mem::take(&mut answer.failed));
        for (region, problem) in failed {
            let of_region = |kept: &&KeptResources| kept.region == region || region == ChosenRegions::ALL;
            let found: Vec<_> = kept.iter().filter(of_region).filter(|_| is_outage(problem.code())).cloned().collect();
            if found.is_empty() {
                answer.failed.push((region, problem));
            } else {
                answer.regions.extend(found.into_iter().map(|kept| RegionTold::of_history(kept, &problem, now)));
            }
        }
    }

    async fn kept(&self, account: &AccountId, kind: &InventoryKind) -> Result<Vec<KeptResources>, Problem> {
        let history = self.0.history();
        let opened = history.opened().await?;
        history.told(opened.resources(account.as_str(), kind.kind, None)).await
    }
}

impl InventoryAnswer {
    fn say_in_each_failure(&mut self, sentence: &str) {
        let failed = std::mem::take(&mut self.failed).into_iter();
        self.failed = failed.map(|(region, problem)| (region, problem.adding(sentence))).collect();
    }
}

/// The one region that a question names.
fn one_region(question: &Question<'_>) -> Option<Region> {
    Region::parse(question.region?.trim())
}
