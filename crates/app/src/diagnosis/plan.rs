use larder_sources::{AccountId, DataType, EC2_REGIONS, FetchError, Region, RegisteredAccount, Scope, data_type};

use super::answered::ask;
use super::examine::{AccountExamined, Examination};
use super::regions::Regions;
use super::{Answered, Outcome, RegionsFrom};

/// One question to AWS.
pub(super) type Probe = (&'static DataType, Scope);

/// What is known of an account, and what is still to be asked.
pub(super) struct Plan {
    pub(super) known: AccountExamined,
    pub(super) probes: Vec<Probe>,
}

impl Examination<'_> {
    /// Asks for the account's regions, and for nothing at all of an account that can't be asked.
    pub(super) async fn plan(&self, account: RegisteredAccount, role: Result<(), FetchError>, own: &AccountId) -> Plan {
        let id = account.id().clone();
        let known = AccountExamined {
            account,
            role,
            regions: Vec::new(),
            regions_from: RegionsFrom::Unknown,
            answers: Vec::new(),
        };
        let mut plan = Plan { known, probes: Vec::new() };
        let Some(row) = data_type(EC2_REGIONS).filter(|_| plan.known.role.is_ok()) else { return plan };
        let answer = ask(self.accounts, row, &Scope { region: None, account: Some(id.clone()) }).await;
        let regions = Regions::of(&self.regions, self.configured_region, &answer);
        plan.known.regions = regions.asked.iter().copied().collect();
        plan.known.regions_from = regions.from;
        let is_missed = answer.is_err() && regions.from != RegionsFrom::Named;
        if is_missed || self.data_types.iter().any(|data_type| data_type.name == EC2_REGIONS) {
            plan.know(row, None, Outcome::of(answer));
        }
        // What is the same for every account is asked with Larder's own credentials, so it says nothing of another.
        let is_told_by = |data_type: &&&DataType| data_type.scope.has_account() || id == *own;
        for data_type in self.data_types.iter().filter(|it| it.name != EC2_REGIONS).filter(is_told_by) {
            plan.add(data_type, &id, &regions);
        }
        plan
    }
}

impl Plan {
    fn add(&mut self, data_type: &'static DataType, id: &AccountId, regions: &Regions) {
        let account = data_type.scope.has_account().then(|| id.clone());
        if !data_type.scope.has_region() {
            self.probes.push((data_type, Scope { region: None, account }));
            return;
        }
        for region in regions.asked.iter().copied() {
            if !data_type.is_in(region) {
                self.know(data_type, Some(region), Outcome::NotOffered);
            } else if regions.not_enabled.contains(&region) {
                self.know(data_type, Some(region), Outcome::NotEnabled);
            } else {
                self.probes.push((data_type, Scope { region: Some(region), account: account.clone() }));
            }
        }
    }

    fn know(&mut self, data_type: &'static DataType, region: Option<Region>, outcome: Outcome) {
        self.known.answers.push(Answered { data_type, region, outcome });
    }
}
