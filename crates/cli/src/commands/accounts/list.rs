use larder_app::diagnosis::table_finding;
use larder_app::problem::{Problem, of_fetch_error};
use larder_app::wiring::ambient_aws;
use larder_app::{AccountEntry, Place, Registration, Registrations, configuration};
use serde_json::{Value, json};

use crate::arguments::ListAccounts;
use crate::database::known_history;
use crate::exit::{self, Exit};
use crate::finding;
use crate::output::{complain, count, say, say_json, table};
use crate::session::{Given, flags, log_little};

/// Lists the accounts. What is wrong with an item of the table is said beside the list.
pub(super) async fn run(given: &Given, list: &ListAccounts) -> anyhow::Result<Exit> {
    let flags = flags(&[("history.database", "--database", &list.database.database)]);
    let configuration = configuration::load(given.file.clone(), &flags)?;
    log_little(&configuration);
    let history = known_history(&configuration).await;
    let found = Registrations::read(&configuration, &ambient_aws().await, &history).await;
    let of_aws = found.table_failure.iter().chain(&found.own_failure).map(of_fetch_error);
    let problems: Vec<_> = of_aws.chain(found.database_failure.clone()).collect();
    if given.json {
        let accounts: Vec<_> = found.accounts.iter().map(for_programs).collect();
        let invalid: Vec<_> = found.invalid.iter().map(ToString::to_string).collect();
        let problems: Vec<_> = problems.iter().map(Problem::document).collect();
        say_json(&json!({"accounts": accounts, "invalid": invalid, "problems": problems}))?;
    } else {
        say(&for_people(&found.accounts));
        found.invalid.iter().for_each(|error| complain(&format!("in the registry: {error}; it can't be asked")));
        let own = found.own_failure.iter().map(of_fetch_error).chain(found.database_failure.clone());
        own.for_each(|problem| complain(&format!("error: {}", problem.detail())));
        found.table_failure.iter().for_each(|error| complain(&finding::for_people(&table_finding(error))));
    }
    Ok(problems.first().map_or(Exit::Done, |problem| exit::of_code(problem.code())))
}

fn for_programs(registration: &Registration) -> Value {
    let mut value = json!(AccountEntry::from(&registration.account));
    let places: Vec<_> = registration.places.iter().map(|place| name(*place)).collect();
    value["registeredIn"] = json!(places);
    value
}

fn for_people(registrations: &[Registration]) -> String {
    let mut table = table(&["ACCOUNT", "NAME", "ROLE", "EXTERNAL ID", "REGIONS", "REGISTERED IN"]);
    for Registration { account, places } in registrations {
        let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let regions: Vec<_> = account.regions().iter().map(ToString::to_string).collect();
        let places: Vec<_> = places.iter().map(|place| name(*place)).collect();
        table.add_row([
            account.id().to_string(),
            or_dash(account.name().unwrap_or_default().to_owned()),
            or_dash(account.role_arn().map(ToString::to_string).unwrap_or_default()),
            if account.external_id().is_some() { "yes" } else { "-" }.to_owned(),
            or_dash(regions.join(", ")),
            places.join(", "),
        ]);
    }
    format!("{table}\n{}", count(registrations.len(), "account"))
}

fn name(place: Place) -> &'static str {
    match place {
        Place::File => "file",
        Place::Table => "table",
        Place::Database => "database",
        Place::Own => "own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> Registration {
        let entry = AccountEntry {
            account_id: "444455556666".to_owned(),
            role_arn: Some("arn:aws:iam::444455556666:role/larder-read".to_owned()),
            external_id: Some("larder-6666".to_owned()),
            ..AccountEntry::default()
        };
        Registration { account: entry.try_into().expect("an account"), places: vec![Place::File, Place::Table] }
    }

    #[test]
    fn people_are_told_whether_there_is_an_external_id_and_programs_which() {
        let text = for_people(&[registration()]);
        assert!(text.contains("role/larder-read") && text.contains(" yes ") && text.contains("file, table"), "{text}");
        assert!(!text.contains("larder-6666"), "{text}");
        let value = for_programs(&registration());
        assert_eq!((&value["externalId"], &value["registeredIn"][1]), (&json!("larder-6666"), &json!("table")));
    }
}
