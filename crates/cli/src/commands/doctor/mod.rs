use larder_app::configuration::{Configuration, ConfigurationFile, variables_set};
use larder_app::diagnosis::{Diagnosis, Examination, Finding, Severity, Step, region_finding, store_findings};
use larder_app::wiring::{
    ConfiguredRegion, accounts, ambient_aws, chosen_profile, configured_region, endpoint_overrides,
};
use larder_app::{ChosenRegions, Registrations};

use crate::arguments::Doctor;
use crate::exit::Exit;
use crate::finding;
use crate::output::{say, say_json};
use crate::progress::Progress;
use crate::session::{Given, log_little, open, read};

mod people;
mod programs;

/// Everything that was found out.
struct Report {
    file: ConfigurationFile,
    variables: Vec<String>,
    endpoints: Vec<String>,
    profile: Option<String>,
    region: Option<ConfiguredRegion>,
    store: String,
    store_state: StoreState,
    diagnosis: Diagnosis,
    /// The worst first.
    findings: Vec<Finding>,
}

/// How the store is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StoreState {
    Sound,
    Failed,
    SwitchedOff,
}

/// Finds out what works.
pub(crate) async fn run(given: &Given, doctor: &Doctor) -> anyhow::Result<Exit> {
    let (data_types, only) = (doctor.types.named_or_free()?, doctor.accounts.named()?);
    let regions = doctor.regions.named()?.unwrap_or(ChosenRegions::All);
    let configuration = read(given, &doctor.store)?;
    log_little(&configuration);
    let app = open(&configuration).await;
    let mut findings = store_findings(&app, &configuration).await;
    let store_state = store_state(&configuration, &findings);
    let region = configured_region().await;
    findings.extend(region.as_ref().and_then(region_finding));
    let diagnosis = {
        let bar = Progress::counted("Asking AWS");
        let on_step = |step| match step {
            Step::Planned(steps) => bar.expect(steps),
            Step::Done => bar.step(),
        };
        let aws = ambient_aws().await;
        let examination = Examination {
            registered: Registrations::registered(&configuration, &aws, app.history()).await,
            accounts: &accounts(&configuration, aws, app.history()),
            data_types,
            regions,
            configured_region: region.as_ref().and_then(|configured| configured.region().ok()),
            only,
            side_by_side: configuration.region_concurrency,
            on_step: &on_step,
        };
        examination.run().await
    };
    if let Some(unknown) = diagnosis.unknown.first() {
        return Err(finding::unknown_account(unknown).into());
    }
    findings.extend(diagnosis.findings());
    findings.extend(other_account(&configuration, &diagnosis));
    findings.sort();
    let file = ConfigurationFile::read(given.file.clone())?;
    let (variables, endpoints) = (variables_set(), endpoint_overrides().await);
    let (profile, store) = (chosen_profile(), app.store().description.clone());
    let report = Report { file, variables, endpoints, profile, region, store, store_state, diagnosis, findings };
    if given.json {
        say_json(&programs::report(&report))?;
    } else {
        say(&people::report(&report));
    }
    Ok(finding::exit(&report.findings))
}

fn store_state(configuration: &Configuration, findings: &[Finding]) -> StoreState {
    if configuration.cache.disabled {
        StoreState::SwitchedOff
    } else if findings.is_empty() {
        StoreState::Sound
    } else {
        StoreState::Failed
    }
}

/// That the configured account is not that of the credentials.
fn other_account(configuration: &Configuration, diagnosis: &Diagnosis) -> Option<Finding> {
    let configured = configuration.own_account.as_ref()?;
    let caller = diagnosis.caller.as_ref().ok().filter(|caller| caller.account != *configured)?;
    let what = format!("The credentials are those of {}, but account_id says {configured}.", caller.account);
    let advice = "Use other credentials (AWS_PROFILE), or take account_id (LARDER_ACCOUNT_ID) away.".to_owned();
    Some(Finding { severity: Severity::Denied, what, advice: Some(advice) })
}
