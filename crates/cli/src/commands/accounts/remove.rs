use larder_app::{AccountId, account_of_text};

use super::changing::{Changing, Registry};
use super::invalidation::invalidate;
use super::report::{Change, tell};
use crate::arguments::RemoveAccount;
use crate::exit::Exit;
use crate::output::complain;
use crate::session::Given;

/// Removes an account.
pub(super) async fn run(given: &Given, remove: &RemoveAccount) -> anyhow::Result<Exit> {
    let id = account_of_text(&remove.id)?;
    let changing = Changing::open(given, (&remove.registry, &remove.database), &remove.store).await?;
    if !changing.remove(&id).await? {
        let place = changing.registry_in_words();
        complain(&format!("error: {id} is not registered in {place}{}", elsewhere(&changing, &id)));
        return Ok(Exit::Nothing);
    }
    let invalidated = invalidate(&changing.configuration, Some(&id)).await;
    tell(given, &changing, &Change { account: &id, done: "removed", preposition: "from", invalidated })
}

/// Where it may be instead.
fn elsewhere(changing: &Changing, id: &AccountId) -> String {
    match &changing.registry {
        Registry::Table { .. } | Registry::Database(_) if changing.in_file(id).is_some() => {
            let path = changing.file.path.display();
            format!(", but in {path}: larder accounts remove {id} --in file")
        }
        Registry::File if changing.configuration.accounts_table.is_some() => {
            "; --in table looks in the accounts table".to_owned()
        }
        Registry::Table { .. } | Registry::Database(_) | Registry::File => {
            "; larder accounts list tells which there are".to_owned()
        }
    }
}
