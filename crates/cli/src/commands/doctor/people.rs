use std::collections::BTreeMap;

use larder_app::Region;
use larder_app::diagnosis::{AccountExamined, Answered, Finding, RegionsFrom};
use larder_app::wiring::ConfiguredRegion;

use super::{Report, StoreState};
use crate::finding;
use crate::output::table;

/// So many regions fit beside each other on a screen.
const COLUMNS: usize = 6;
/// The heading of what has no region.
const NO_REGION: &str = "ALL REGIONS";

/// What was found out, for people.
pub(super) fn report(report: &Report) -> String {
    let mut parts = vec![head(report)];
    parts.extend(report.diagnosis.accounts.iter().map(account));
    parts.push(findings(&report.findings));
    parts.join("\n\n")
}

fn head(report: &Report) -> String {
    let who = match &report.diagnosis.caller {
        Ok(caller) => format!("{} (account {})", caller.arn, caller.account),
        Err(_) => "unknown".to_owned(),
    };
    let file = report.file.path.display();
    let file = if report.file.text.is_some() { file.to_string() } else { format!("{file} (is not there)") };
    let variables = report.variables.join(", ");
    let variables = if variables.is_empty() { "nothing of Larder's is set".to_owned() } else { variables };
    let state = match report.store_state {
        StoreState::Sound => "ok",
        StoreState::Failed => "FAILED",
        StoreState::SwitchedOff => "switched off",
    };
    let lines = [
        ("you are", who),
        ("file", file),
        ("environment", variables),
        ("profile", report.profile.clone().unwrap_or_else(|| "default (AWS_PROFILE is not set)".to_owned())),
        ("region", region(report.region.as_ref())),
        ("endpoints", endpoints(&report.endpoints)),
        ("store", format!("{}: {state}", report.store)),
    ];
    lines.map(|(what, value)| format!("{what:<11} {value}")).join("\n")
}

fn region(configured: Option<&ConfiguredRegion>) -> String {
    match configured {
        None => "none is configured".to_owned(),
        Some(configured) if configured.region().is_err() => format!("{}: there is none of that name", configured.name),
        Some(configured) => configured.name.clone(),
    }
}

/// Each URL once, with the services that it stands in for.
fn endpoints(overrides: &[String]) -> String {
    let mut by_url: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, url) in overrides.iter().filter_map(|it| it.split_once('=')) {
        by_url.entry(url).or_default().push(name_of(service));
    }
    if by_url.is_empty() {
        return "AWS's own".to_owned();
    }
    let urls = by_url.iter().map(|(url, services)| format!("{url} for {}", services.join(", ")));
    urls.collect::<Vec<_>>().join("; ")
}

/// As AWS writes it; the SDK has its own name for one.
fn name_of(service: &str) -> &str {
    if service == "drs" { "DRS" } else { service }
}

fn account(examined: &AccountExamined) -> String {
    let account = &examined.account;
    let name = account.name().map(|name| format!(" ({name})")).unwrap_or_default();
    let title = format!("account {}{name}", account.id());
    if examined.role.is_err() {
        return format!("{title}: can't be asked");
    }
    let why = match examined.regions_from {
        RegionsFrom::Named => "the regions named",
        RegionsFrom::Usable => "the regions that it may use",
        RegionsFrom::Configured => "the configured region, since it is not known which it may use",
        RegionsFrom::Unknown => "no region, since it is not known which it may use",
    };
    let mut columns: Vec<Option<Region>> = examined.regions.iter().copied().map(Some).collect();
    if examined.answers.iter().any(|answered| answered.region.is_none()) {
        columns.insert(0, None);
    }
    let tables: Vec<_> = columns.chunks(COLUMNS).filter_map(|columns| part(&examined.answers, columns)).collect();
    format!("{title}: {why}\n{}", tables.join("\n"))
}

/// The data types by those regions; nothing where none was asked there.
fn part(answers: &[Answered], columns: &[Option<Region>]) -> Option<String> {
    let mut rows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        for answered in answers.iter().filter(|answered| answered.region == *column) {
            let row = rows.entry(answered.data_type.name).or_insert_with(|| vec![""; columns.len()]);
            row[at] = answered.outcome.in_words();
        }
    }
    if rows.is_empty() {
        return None;
    }
    let heads = columns.iter().map(|column| column.map_or(NO_REGION, Region::name));
    let mut table = table(&std::iter::once("TYPE").chain(heads).collect::<Vec<_>>());
    for (name, row) in rows {
        table.add_row(std::iter::once(name).chain(row));
    }
    Some(table.to_string())
}

fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "All is well.".to_owned();
    }
    findings.iter().map(finding::for_people).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use larder_app::diagnosis::Outcome;
    use larder_app::{AccountEntry, DATA_TYPES};

    use super::*;

    #[test]
    fn many_regions_are_several_tables_and_each_answer_is_in_one() {
        let regions: Vec<_> = Region::all().iter().copied().take(15).collect();
        let entry = AccountEntry { account_id: "444455556666".to_owned(), ..AccountEntry::default() };
        let answers = regions.iter().map(|region| Answered {
            data_type: &DATA_TYPES[0],
            region: Some(*region),
            outcome: Outcome::Allowed,
        });
        let examined = AccountExamined {
            account: entry.try_into().expect("an account"),
            role: Ok(()),
            answers: answers.collect(),
            regions_from: RegionsFrom::Usable,
            regions: regions.clone(),
        };
        let text = account(&examined);
        assert_eq!(text.matches("TYPE").count(), 3, "{text}");
        assert_eq!(text.matches(" ok ").count(), regions.len(), "{text}");
        assert!(regions.iter().all(|region| text.contains(region.name())), "{text}");
    }

    #[test]
    fn each_endpoint_is_told_with_its_services() {
        let overrides = ["EC2=http://a", "IAM=http://b", "STS=http://a", "drs=http://a"].map(str::to_owned);
        assert_eq!(endpoints(&overrides), "http://a for EC2, STS, DRS; http://b for IAM");
        assert_eq!(endpoints(&[]), "AWS's own");
    }
}
