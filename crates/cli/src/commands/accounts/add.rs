use larder_app::{AccountEntry, ChosenRegions, RegisteredAccount, account_of_text};

use super::changing::{Changing, Registry};
use super::invalidation::invalidate;
use super::report::{Change, tell};
use crate::arguments::AddAccount;
use crate::exit::{Exit, WrongUsage};
use crate::output::complain;
use crate::session::Given;

/// Registers an account.
pub(super) async fn run(given: &Given, add: &AddAccount) -> anyhow::Result<Exit> {
    let account = account(add)?;
    let id = account.id();
    let changing = Changing::open(given, (&add.registry, &add.database), &add.store).await?;
    if let (Registry::Database(_), Some(table)) = (&changing.registry, &changing.configuration.accounts_table) {
        let reason = format!(
            "the accounts table {table} is configured, and no account of the database is asked then: register it in the \
             table (--in table)"
        );
        return Err(WrongUsage(reason).into());
    }
    if !matches!(changing.registry, Registry::File) && changing.in_file(id).is_some() {
        let path = changing.file.path.display();
        let reason = format!(
            "{id} is registered in {path}, which counts more: change it there (--in file), or remove it \
             there first (larder accounts remove {id} --in file)"
        );
        return Err(WrongUsage(reason).into());
    }
    let before = changing.known(id).await?;
    let is_replaced = changing.put(&account).await?;
    // Of what an item said that was no account nothing is known.
    let is_role_the_same = before
        .map_or(!is_replaced, |old| (old.role_arn(), old.external_id()) == (account.role_arn(), account.external_id()));
    let invalidated = invalidate(&changing.configuration, Some(id).filter(|_| !is_role_the_same)).await;
    if account.role_arn().is_none() {
        complain("note: without --role-arn it can only be asked if it is the account of Larder's own credentials");
    }
    let done = if is_replaced { "replaced" } else { "added" };
    tell(
        given,
        &changing,
        &Change { account: id, done, preposition: if is_replaced { "in" } else { "to" }, invalidated },
    )
}

fn account(add: &AddAccount) -> anyhow::Result<RegisteredAccount> {
    account_of_text(&add.id)?;
    let regions = match add.regions.named()? {
        None => Vec::new(),
        Some(ChosenRegions::These(regions)) => regions.iter().map(ToString::to_string).collect(),
        Some(ChosenRegions::All) => {
            let reason = "--region all: name the regions that the account uses, or none of them";
            return Err(WrongUsage(reason.to_owned()).into());
        }
    };
    let entry = AccountEntry {
        account_id: add.id.clone(),
        name: add.name.clone(),
        role_arn: add.role_arn.clone(),
        external_id: add.external_id.clone(),
        regions,
    };
    Ok(RegisteredAccount::try_from(entry).map_err(|error| WrongUsage(error.to_string()))?)
}
