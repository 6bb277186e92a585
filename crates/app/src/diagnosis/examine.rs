use futures::{StreamExt, stream};
use larder_sources::{AccountId, Accounts, Caller, DataType, FetchError, Region, RegisteredAccount};

use super::answered::ask;
use super::plan::{Plan, Probe};
use super::{Answered, Finding, Outcome, RegionsFrom, check_roles, registry_findings};
use crate::{ChosenRegions, Registrations};

/// What is to be found out.
pub struct Examination<'a> {
    /// AWS.
    pub accounts: &'a Accounts,
    /// The accounts that are registered.
    pub registered: Registrations,
    /// Which data types are asked.
    pub data_types: Vec<&'static DataType>,
    /// Where.
    pub regions: ChosenRegions,
    /// The region that is configured, for where it is not known which there are.
    pub configured_region: Option<Region>,
    /// Which accounts are asked; every one if none is named.
    pub only: Vec<AccountId>,
    /// How many questions run side by side.
    pub side_by_side: usize,
    /// Told how far it is.
    pub on_step: &'a (dyn Fn(Step) + Sync),
}

/// How far an examination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many more questions are to be asked.
    Planned(usize),
    /// One of them was answered.
    Done,
}

/// What was found out.
#[derive(Debug)]
pub struct Diagnosis {
    /// Who Larder's own credentials are of. Nothing else was asked where that is not known.
    pub caller: Result<Caller, FetchError>,
    /// What is wrong with the registry, so that accounts may be missing.
    pub registry: Vec<Finding>,
    /// Those named that nobody registered. Nothing else was asked where there are any.
    pub unknown: Vec<AccountId>,
    /// By account.
    pub accounts: Vec<AccountExamined>,
}

/// What was found out of an account.
#[derive(Debug)]
pub struct AccountExamined {
    /// As it is registered.
    pub account: RegisteredAccount,
    /// Whether it can be asked at all.
    pub role: Result<(), FetchError>,
    /// The regions asked, by name.
    pub regions: Vec<Region>,
    /// Why these.
    pub regions_from: RegionsFrom,
    /// By data type and region.
    pub answers: Vec<Answered>,
}

impl Examination<'_> {
    /// Asks AWS.
    pub async fn run(mut self) -> Diagnosis {
        let (caller, registry) = (self.accounts.caller().await, registry_findings(&self.registered));
        let mut diagnosis = Diagnosis { caller, registry, unknown: Vec::new(), accounts: Vec::new() };
        let Ok(own) = diagnosis.caller.as_ref().map(|caller| caller.account.clone()) else { return diagnosis };
        let registered = std::mem::take(&mut self.registered).with_own(&own);
        let listed: Vec<_> = registered.accounts.into_iter().map(|one| one.account).collect();
        let is_listed = |id: &&AccountId| listed.iter().any(|account| account.id() == *id);
        diagnosis.unknown = self.only.iter().filter(|id| !is_listed(id)).cloned().collect();
        if diagnosis.unknown.is_empty() {
            let chosen = |account: &RegisteredAccount| self.only.is_empty() || self.only.contains(account.id());
            let plans = self.plans(listed.into_iter().filter(chosen).collect(), &own).await;
            diagnosis.accounts = self.ask_all(plans).await;
        }
        diagnosis
    }

    /// Finds out of each account whether it can be asked, and where.
    async fn plans(&self, accounts: Vec<RegisteredAccount>, own: &AccountId) -> Vec<Plan> {
        (self.on_step)(Step::Planned(2 * accounts.len()));
        let done = || (self.on_step)(Step::Done);
        let ids = accounts.iter().map(RegisteredAccount::id);
        let roles = check_roles(self.accounts, ids, self.side_by_side, &done).await;
        let plans = accounts.into_iter().zip(roles).map(|(account, role)| async move {
            let plan = self.plan(account, role, own).await;
            done();
            plan
        });
        stream::iter(plans).buffered(self.side_by_side).collect().await
    }

    async fn ask_all(&self, plans: Vec<Plan>) -> Vec<AccountExamined> {
        let (mut examined, mut probes): (Vec<_>, Vec<(usize, Probe)>) = (Vec::new(), Vec::new());
        for (nth, plan) in plans.into_iter().enumerate() {
            probes.extend(plan.probes.into_iter().map(|probe| (nth, probe)));
            examined.push(plan.known);
        }
        (self.on_step)(Step::Planned(probes.len()));
        let answers = stream::iter(probes).map(|(nth, (data_type, scope))| async move {
            let outcome = Outcome::of(ask(self.accounts, data_type, &scope).await);
            (self.on_step)(Step::Done);
            (nth, Answered { data_type, region: scope.region, outcome })
        });
        let answers: Vec<_> = answers.buffer_unordered(self.side_by_side).collect().await;
        for (nth, answer) in answers {
            examined[nth].answers.push(answer);
        }
        for account in &mut examined {
            account.answers.sort_by_key(|answered| (answered.data_type.name, answered.region));
        }
        examined
    }
}
