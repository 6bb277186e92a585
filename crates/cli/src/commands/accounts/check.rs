use larder_app::diagnosis::{Finding, Severity, check_roles, registry_findings, role_finding};
use larder_app::problem::of_fetch_error;
use larder_app::wiring::{accounts, ambient_aws};
use larder_app::{AccountId, Caller, FetchError, RegisteredAccount, Registrations, account_of_text, configuration};
use serde_json::{Value, json};

use crate::arguments::CheckAccounts;
use crate::database::known_history;
use crate::exit::{Exit, WrongUsage};
use crate::finding;
use crate::output::{say, say_json, table};
use crate::progress::Progress;
use crate::session::{Given, log_little};

/// Whether an account can be asked.
struct Checked {
    account: RegisteredAccount,
    /// What is wrong, if something is.
    finding: Option<Finding>,
}

/// Assumes the role of each account.
pub(super) async fn run(given: &Given, check: &CheckAccounts) -> anyhow::Result<Exit> {
    let ids = check.ids.iter().map(|id| account_of_text(id)).collect::<Result<Vec<_>, _>>()?;
    let configuration = configuration::load(given.file.clone(), &[])?;
    log_little(&configuration);
    let aws = ambient_aws().await;
    let history = known_history(&configuration).await;
    let registered = Registrations::registered(&configuration, &aws, &history).await;
    let accounts = accounts(&configuration, aws, &history);
    let caller = accounts.caller().await.map_err(|error| of_fetch_error(&error))?;
    let of_registry = registry_findings(&registered);
    let listed: Vec<_> = registered.with_own(&caller.account).accounts.into_iter().map(|one| one.account).collect();
    check_known(&ids, &listed)?;
    let chosen: Vec<_> = listed.into_iter().filter(|it| ids.is_empty() || ids.contains(it.id())).collect();
    let results = {
        let bar = Progress::counted("Assuming roles");
        bar.expect(chosen.len());
        let ids = chosen.iter().map(RegisteredAccount::id);
        check_roles(&accounts, ids, configuration.region_concurrency, &|| bar.step()).await
    };
    let checked: Vec<_> =
        chosen.into_iter().zip(results).map(|(account, result)| checked(account, &result, &caller)).collect();
    if given.json {
        let accounts: Vec<_> = checked.iter().map(for_programs).collect();
        say_json(&json!({"caller": caller.arn, "accounts": accounts, "registry": of_registry}))?;
    } else {
        say(&for_people(&checked, &of_registry));
    }
    Ok(finding::exit(checked.iter().filter_map(|it| it.finding.as_ref()).chain(&of_registry)))
}

/// Makes sure that every account that was named is one.
fn check_known(ids: &[AccountId], listed: &[RegisteredAccount]) -> Result<(), WrongUsage> {
    match ids.iter().find(|id| listed.iter().all(|account| account.id() != *id)) {
        Some(unknown) => Err(finding::unknown_account(unknown)),
        None => Ok(()),
    }
}

fn checked(account: RegisteredAccount, result: &Result<(), FetchError>, caller: &Caller) -> Checked {
    let finding = result.as_ref().err().map(|error| role_finding(&account, caller, error));
    Checked { account, finding }
}

fn for_programs(checked: &Checked) -> Value {
    let role = checked.account.role_arn().map(ToString::to_string);
    json!({
        "accountId": checked.account.id(),
        "name": checked.account.name(),
        "roleArn": role,
        "assumable": checked.finding.is_none(),
        "finding": checked.finding,
    })
}

fn for_people(checked: &[Checked], of_registry: &[Finding]) -> String {
    let mut table = table(&["ACCOUNT", "NAME", "ROLE", "CAN BE ASKED"]);
    for Checked { account, finding } in checked {
        let role = account.role_arn().map_or_else(|| "- (own credentials)".to_owned(), ToString::to_string);
        let verdict = match finding.as_ref().map(|finding| finding.severity) {
            None => "yes",
            Some(Severity::Denied) => "NO: denied",
            Some(_) => "NO: AWS failed",
        };
        table.add_row([&account.id().to_string(), account.name().unwrap_or("-"), &role, verdict]);
    }
    let findings = checked.iter().filter_map(|it| it.finding.as_ref()).chain(of_registry);
    let findings = findings.map(finding::for_people);
    std::iter::once(table.to_string()).chain(findings).collect::<Vec<_>>().join("\n")
}
