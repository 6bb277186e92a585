use std::collections::BTreeSet;
use std::sync::Arc;

use larder_app::configuration::{Configuration, ConfigurationFile, variables_set};
use larder_app::diagnosis::{Diagnosis, Examination, Finding, RegionsAsked, Severity, Step, store_findings};
use larder_app::wiring::{accounts, ambient_aws, ambient_fetcher, ambient_region, endpoint_overrides};
use larder_app::{
    AccountId, DATA_TYPES, DataType, Region, Registrations, account_of_text, data_type_of_text, region_of_text,
};

use crate::arguments::Doctor;
use crate::exit::{Exit, WrongUsage};
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::session::{Given, log_little, open, read};

mod people;
mod programs;

pub(crate) use people::finding as finding_for_people;

/// What stands for every region that an account may use.
const ALL: &str = "all";

/// Everything that was found out.
struct Report {
    file: ConfigurationFile,
    variables: Vec<String>,
    endpoints: Vec<String>,
    region: Option<String>,
    store: String,
    diagnosis: Diagnosis,
    /// The worst first.
    findings: Vec<Finding>,
}

/// Finds out what works.
pub(crate) async fn run(given: &Given, doctor: &Doctor) -> anyhow::Result<Exit> {
    let data_types = data_types(&doctor.data_types)?;
    let regions = regions(&doctor.regions)?;
    let only = doctor.accounts.iter().map(|id| account_of_text(id)).collect::<Result<Vec<_>, _>>()?;
    let configuration = read(given, &doctor.store)?;
    log_little(&configuration);
    let app = open(&configuration, Arc::new(ambient_fetcher(&configuration))).await;
    let mut findings = store_findings(&app, &configuration).await;
    let region = ambient_region().await;
    let diagnosis = {
        let bar = Progress::counted("Asking AWS");
        let on_step = |step| match step {
            Step::Planned(steps) => bar.expect(steps),
            Step::Done => bar.step(),
        };
        let aws = ambient_aws().await;
        let examination = Examination {
            registered: Registrations::registered(&configuration, &aws).await,
            accounts: &accounts(&configuration, aws),
            data_types,
            regions,
            configured_region: region.as_deref().and_then(|region| region_of_text(region).ok()),
            only,
            side_by_side: configuration.region_concurrency,
            on_step: &on_step,
        };
        examination.run().await
    };
    if let Some(unknown) = diagnosis.unknown.first() {
        return Err(unknown_account(unknown).into());
    }
    findings.extend(diagnosis.findings());
    findings.extend(other_account(&configuration, &diagnosis));
    findings.sort();
    let file = ConfigurationFile::read(given.file.clone())?;
    let (variables, endpoints) = (variables_set(), endpoint_overrides().await);
    let report =
        Report { file, variables, endpoints, region, store: app.store().description.clone(), diagnosis, findings };
    if given.json {
        say_json(&programs::report(&report))?;
    } else {
        say(&people::report(&report));
    }
    Ok(exit(&report.findings))
}

/// How the program ends with those findings: by the worst.
pub(crate) fn exit<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Exit {
    match findings.into_iter().map(|finding| finding.severity).min() {
        Some(Severity::Denied) => Exit::Denied,
        Some(Severity::AwsFailed) => Exit::Aws,
        Some(Severity::StoreFailed) => Exit::Failed,
        Some(Severity::Note) | None => Exit::Done,
    }
}

/// That nobody registered it.
pub(crate) fn unknown_account(id: &AccountId) -> WrongUsage {
    WrongUsage(format!(
        "{id} is neither the own account nor registered: larder accounts list tells which there are, and larder accounts \
         add {id} registers it"
    ))
}

/// That the configured account is not that of the credentials.
fn other_account(configuration: &Configuration, diagnosis: &Diagnosis) -> Option<Finding> {
    let configured = configuration.own_account.as_ref()?;
    let caller = diagnosis.caller.as_ref().ok().filter(|caller| caller.account != *configured)?;
    let what = format!("The credentials are those of {}, but account_id says {configured}.", caller.account);
    let advice = "Use other credentials (AWS_PROFILE), or take account_id (LARDER_ACCOUNT_ID) away.".to_owned();
    Some(Finding { severity: Severity::Denied, what, advice: Some(advice) })
}

fn data_types(names: &[String]) -> anyhow::Result<Vec<&'static DataType>> {
    if names.is_empty() {
        return Ok(DATA_TYPES.iter().collect());
    }
    let mut named = names.iter().map(|name| data_type_of_text(name)).collect::<Result<Vec<_>, _>>()?;
    named.sort_by_key(|data_type| data_type.name);
    named.dedup_by_key(|data_type| data_type.name);
    Ok(named)
}

fn regions(names: &[String]) -> anyhow::Result<RegionsAsked> {
    if names.iter().any(|name| name == ALL) {
        return Ok(RegionsAsked::All);
    }
    let named = names.iter().map(|name| region_of_text(name)).collect::<Result<BTreeSet<Region>, _>>()?;
    Ok(RegionsAsked::These(named))
}

#[cfg(test)]
mod tests;
