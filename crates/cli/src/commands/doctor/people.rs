use std::collections::BTreeMap;

use larder_app::Region;
use larder_app::diagnosis::{AccountExamined, Answered, Finding, RegionsFrom, Severity};

use super::Report;
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

/// A finding and what to do about it.
pub(crate) fn finding(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Denied => "DENIED",
        Severity::AwsFailed => "FAILED",
        Severity::StoreFailed => "STORE",
        Severity::Note => "note",
    };
    let advice = finding.advice.as_ref().map(|advice| format!("\n        → {advice}")).unwrap_or_default();
    let what = finding.what.replace('\n', "\n        ");
    format!("{severity:<7} {what}{advice}")
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
    let sound = report.findings.iter().all(|finding| finding.severity != Severity::StoreFailed);
    let lines = [
        ("you are", who),
        ("file", file),
        ("environment", variables),
        ("region", report.region.clone().unwrap_or_else(|| "none is configured".to_owned())),
        ("endpoints", endpoints(&report.endpoints)),
        ("store", format!("{}: {}", report.store, if sound { "ok" } else { "FAILED" })),
    ];
    lines.map(|(what, value)| format!("{what:<11} {value}")).join("\n")
}

/// Each URL once, with the services that it stands in for.
fn endpoints(overrides: &[String]) -> String {
    let mut by_url: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, url) in overrides.iter().filter_map(|it| it.split_once('=')) {
        by_url.entry(url).or_default().push(service);
    }
    if by_url.is_empty() {
        return "AWS's own".to_owned();
    }
    let urls = by_url.iter().map(|(url, services)| format!("{url} for {}", services.join(", ")));
    urls.collect::<Vec<_>>().join("; ")
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
    findings.iter().map(finding).collect::<Vec<_>>().join("\n")
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
    fn what_has_several_lines_stays_under_its_severity() {
        let told = Finding { severity: Severity::Note, what: "one\ntwo".to_owned(), advice: Some("do".to_owned()) };
        assert_eq!(finding(&told), "note    one\n        two\n        → do");
    }

    #[test]
    fn each_endpoint_is_told_with_its_services() {
        let overrides = ["EC2=http://a", "IAM=http://b", "STS=http://a"].map(str::to_owned);
        assert_eq!(endpoints(&overrides), "http://a for EC2, STS; http://b for IAM");
        assert_eq!(endpoints(&[]), "AWS's own");
    }
}
