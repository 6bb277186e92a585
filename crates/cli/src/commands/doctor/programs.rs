use larder_app::FetchError;
use larder_app::diagnosis::{AccountExamined, Answered, Outcome, RegionsFrom, Severity};
use larder_app::problem::of_fetch_error;
use serde_json::{Value, json};

use super::{Report, StoreState};

/// What was found out, for programs.
pub(super) fn report(report: &Report) -> Value {
    let caller = match &report.diagnosis.caller {
        Ok(caller) => json!({"arn": caller.arn, "accountId": caller.account}),
        Err(error) => json!({"problem": problem(error)}),
    };
    let file = json!({"path": report.file.path, "isThere": report.file.text.is_some()});
    let state = match report.store_state {
        StoreState::Sound => "ok",
        StoreState::Failed => "failed",
        StoreState::SwitchedOff => "switched-off",
    };
    json!({
        "caller": caller,
        "configuration": {
            "file": file,
            "variables": report.variables,
            "profile": report.profile,
            "region": report.region.as_ref().map(|configured| &configured.name),
            "endpoints": report.endpoints,
        },
        "store": {"description": report.store, "state": state, "ok": report.store_state == StoreState::Sound},
        "accounts": report.diagnosis.accounts.iter().map(account).collect::<Vec<_>>(),
        "findings": report.findings,
    })
}

fn account(examined: &AccountExamined) -> Value {
    let account = &examined.account;
    json!({
        "accountId": account.id(),
        "name": account.name(),
        "roleArn": account.role_arn().map(ToString::to_string),
        "assumable": examined.role.is_ok(),
        "problem": examined.role.as_ref().err().map(problem),
        "regions": examined.regions,
        "regionsFrom": match examined.regions_from {
            RegionsFrom::Named => "named",
            RegionsFrom::Usable => "usable",
            RegionsFrom::Configured => "configured",
            RegionsFrom::Unknown => "unknown",
        },
        "answers": examined.answers.iter().map(answered).collect::<Vec<_>>(),
    })
}

fn answered(answered: &Answered) -> Value {
    let (outcome, problem) = match &answered.outcome {
        Outcome::Allowed => ("allowed", None),
        Outcome::NotInitialized => ("not-initialized", None),
        Outcome::NotOffered => ("not-offered", None),
        Outcome::NotEnabled => ("not-enabled", None),
        Outcome::Failed(error) if answered.outcome.severity() == Severity::Denied => ("denied", Some(problem(error))),
        Outcome::Failed(error) => ("failed", Some(problem(error))),
    };
    json!({"dataType": answered.data_type.name, "region": answered.region, "outcome": outcome, "problem": problem})
}

fn problem(error: &FetchError) -> Value {
    of_fetch_error(error).document()
}
