use larder_app::problem::Problem;
use larder_app::{AccountId, Answer, DataType, Freshness, Origin};
use serde_json::{Value, json};

use crate::exit::{self, Exit};
use crate::output::{seconds, table};

/// What became of one question.
pub(super) struct Warmed {
    pub(super) data_type: &'static DataType,
    /// The account asked, if one was named.
    pub(super) account: Option<AccountId>,
    /// The region asked, if it was only one.
    pub(super) region: Option<String>,
    pub(super) outcome: Outcome,
}

/// What became of it.
pub(super) enum Outcome {
    /// It was there.
    Fresh { age_seconds: u64 },
    /// It was fetched, and is there now.
    Fetched,
    /// It was fetched, but could not be kept.
    NotKept,
    /// It was not answered, or only with what is past its TTL.
    Failed { code: Exit, name: &'static str, detail: String },
}

/// What an answer means.
pub(super) fn of_answer(answer: &Answer) -> Outcome {
    match (&answer.freshness, answer.origin) {
        (Freshness::StaleIfError(failure), _) => {
            let detail = format!("it is past its TTL, and could not be fetched: {failure}");
            Outcome::Failed { code: Exit::Aws, name: "STALE", detail }
        }
        (Freshness::StaleWhileRevalidate, _) => {
            let detail = "it is past its TTL, and could not be fetched in time".to_owned();
            Outcome::Failed { code: Exit::Aws, name: "STALE", detail }
        }
        (Freshness::Fresh, Origin::Upstream { stored: true, .. }) => Outcome::Fetched,
        (Freshness::Fresh, Origin::Upstream { stored: false, .. }) => Outcome::NotKept,
        (Freshness::Fresh, Origin::Memory | Origin::Store) => Outcome::Fresh { age_seconds: answer.age.as_secs() },
    }
}

/// What a problem means.
pub(super) fn of_problem(problem: &Problem) -> Outcome {
    let (code, name) = (exit::of_code(problem.code()), problem.code().name());
    Outcome::Failed { code, name, detail: problem.detail().to_owned() }
}

/// A row for each.
pub(super) fn for_people(warmed: &[Warmed]) -> String {
    let mut table = table(&["TYPE", "ACCOUNT", "REGION", "WHAT BECAME OF IT"]);
    for Warmed { data_type, account, region, outcome } in warmed {
        let became = match outcome {
            Outcome::Fresh { age_seconds } => format!("fresh already, {} old", seconds(*age_seconds)),
            Outcome::Fetched => "fetched".to_owned(),
            Outcome::NotKept => "fetched, but NOT KEPT".to_owned(),
            Outcome::Failed { name, .. } => format!("FAILED: {name}"),
        };
        let account = account.as_ref().map_or("-", AccountId::as_str);
        table.add_row([data_type.name, account, region.as_deref().unwrap_or("-"), &became]);
    }
    table.to_string()
}

/// The same for programs.
pub(super) fn for_programs(warmed: &Warmed) -> Value {
    let (outcome, detail) = match &warmed.outcome {
        Outcome::Fresh { age_seconds } => ("fresh", json!({"ageSeconds": age_seconds})),
        Outcome::Fetched => ("fetched", Value::Null),
        Outcome::NotKept => ("not-kept", Value::Null),
        Outcome::Failed { name, detail, .. } => ("failed", json!({"code": name, "detail": detail})),
    };
    let (data_type, account, region) = (warmed.data_type.name, &warmed.account, &warmed.region);
    json!({"dataType": data_type, "accountId": account, "region": region, "outcome": outcome, "detail": detail})
}

/// What is said beside the table of what failed.
pub(super) fn failure(warmed: &Warmed) -> Option<String> {
    let account = warmed.account.as_ref().map(|account| format!(" of {account}")).unwrap_or_default();
    let region = warmed.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let place = account + &region;
    match &warmed.outcome {
        Outcome::Fresh { .. } | Outcome::Fetched => None,
        Outcome::NotKept => {
            let name = warmed.data_type.name;
            Some(format!("error: {name}{place} could not be kept: larder doctor tells how the store is"))
        }
        Outcome::Failed { detail, .. } => Some(format!("error: {}{place}: {detail}", warmed.data_type.name)),
    }
}

/// Denied counts most, since it stays so; then the first failure.
pub(super) fn exit(warmed: &[Warmed]) -> Exit {
    let codes = warmed.iter().filter_map(|warmed| match &warmed.outcome {
        Outcome::Fresh { .. } | Outcome::Fetched => None,
        Outcome::NotKept => Some(Exit::Failed),
        Outcome::Failed { code, .. } => Some(*code),
    });
    let codes: Vec<_> = codes.collect();
    if codes.contains(&Exit::Denied) { Exit::Denied } else { codes.first().copied().unwrap_or(Exit::Done) }
}
