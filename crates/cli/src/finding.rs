//! What was found out about accounts, roles and permissions, for the commands that look.

use larder_app::AccountId;
use larder_app::diagnosis::{Finding, Severity};

use crate::exit::{Exit, WrongUsage};

/// How the program ends with those findings: by the worst.
pub(crate) fn exit<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Exit {
    match findings.into_iter().map(|finding| finding.severity).min() {
        Some(Severity::Misconfigured) => Exit::Usage,
        Some(Severity::Denied) => Exit::Denied,
        Some(Severity::AwsFailed) => Exit::Aws,
        Some(Severity::StoreFailed) => Exit::Failed,
        Some(Severity::Note) | None => Exit::Done,
    }
}

/// A finding and what to do about it.
pub(crate) fn for_people(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Misconfigured => "WRONG",
        Severity::Denied => "DENIED",
        Severity::AwsFailed => "FAILED",
        Severity::StoreFailed => "STORE",
        Severity::Note => "note",
    };
    let advice = finding.advice.as_ref().map(|advice| format!("\n        → {advice}")).unwrap_or_default();
    let what = finding.what.replace('\n', "\n        ");
    format!("{severity:<7} {what}{advice}")
}

/// That nobody registered it.
pub(crate) fn unknown_account(id: &AccountId) -> WrongUsage {
    WrongUsage(format!(
        "{id} is neither the own account nor registered: larder accounts list tells which there are, and larder accounts \
         add {id} registers it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity) -> Finding {
        Finding { severity, what: "something".to_owned(), advice: None }
    }

    #[test]
    fn the_worst_finding_decides_how_it_ends() {
        let exit_of = |severities: &[Severity]| exit(&severities.iter().copied().map(finding).collect::<Vec<_>>());
        assert_eq!(exit_of(&[]), Exit::Done);
        assert_eq!(exit_of(&[Severity::Note]), Exit::Done);
        assert_eq!(exit_of(&[Severity::Note, Severity::StoreFailed]), Exit::Failed);
        assert_eq!(exit_of(&[Severity::StoreFailed, Severity::AwsFailed]), Exit::Aws);
        assert_eq!(exit_of(&[Severity::AwsFailed, Severity::Denied, Severity::Note]), Exit::Denied);
        assert_eq!(exit_of(&[Severity::Denied, Severity::Misconfigured]), Exit::Usage);
    }

    #[test]
    fn what_has_several_lines_stays_under_its_severity() {
        let told = Finding { severity: Severity::Note, what: "one\ntwo".to_owned(), advice: Some("do".to_owned()) };
        assert_eq!(for_people(&told), "note    one\n        two\n        → do");
    }
}
