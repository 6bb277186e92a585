use anyhow::Context;
use larder_app::configuration::{Configuration, ConfigurationFile, Flag, check_file};
use larder_app::diagnosis::table_advice;
use larder_app::problem::{Problem, of_fetch_error};
use larder_app::wiring::OpenedHistory;
use larder_app::{AccountEntry, AccountId, DynamoDbAccounts, FetchError, RegisteredAccount, RegisteredInSql, wiring};

use crate::accounts_file;
use crate::arguments::{DatabaseFlag, RegistryChoice, RegistryFlag, StoreFlag};
use crate::database::kept_history;
use crate::exit::WrongUsage;
use crate::session::{Given, flags, log_little};

/// The configuration, and the registry that a command is to change.
pub(super) struct Changing {
    pub(super) configuration: Configuration,
    pub(super) file: ConfigurationFile,
    pub(super) registry: Registry,
}

/// A registry that can be changed.
pub(super) enum Registry {
    File,
    Table { name: String, table: Box<DynamoDbAccounts> },
    Database(OpenedHistory),
}

impl Changing {
    /// The registry that was named; else the database if its flag was given; else the table if one is configured; else the
    /// file.
    ///
    /// # Errors
    /// For a configuration that is wrong, and [`WrongUsage`] for a table or a database where none is configured.
    pub(super) async fn open(
        given: &Given,
        (named, database): (&RegistryFlag, &DatabaseFlag),
        store: &StoreFlag,
    ) -> anyhow::Result<Self> {
        let file = ConfigurationFile::read(given.file.clone())?;
        let database = &database.database;
        let flags: Vec<Flag> =
            flags(&[("store", "--store", &store.store), ("history.database", "--database", database)]);
        let configuration = file.configuration(&flags)?;
        log_little(&configuration);
        let of_flag = database.as_ref().map(|_| RegistryChoice::Database);
        let registry = match (named.registry.or(of_flag), &configuration.accounts_table) {
            (Some(RegistryChoice::Database), _) => {
                let history = kept_history(&configuration).await;
                if !history.is_configured() {
                    let reason =
                        "--in database: there is none; --database, LARDER_DATABASE or history.database names one";
                    return Err(WrongUsage(reason.to_owned()).into());
                }
                Registry::Database(history)
            }
            (Some(RegistryChoice::File), _) | (None, None) => Registry::File,
            (Some(RegistryChoice::Table) | None, Some(name)) => {
                let table = Box::new(wiring::accounts_table(name, &wiring::ambient_aws().await));
                Registry::Table { name: name.clone(), table }
            }
            (Some(RegistryChoice::Table), None) => {
                let reason =
                    "--in table: no accounts table is configured; ACCOUNTS_TABLE_NAME or accounts_table names one";
                return Err(WrongUsage(reason.to_owned()).into());
            }
        };
        Ok(Self { configuration, file, registry })
    }

    /// What the file says of that account.
    pub(super) fn in_file(&self, id: &AccountId) -> Option<&RegisteredAccount> {
        self.configuration.accounts.all().iter().find(|account| account.id() == id)
    }
}

impl Changing {
    /// What the registry says of that account, if it says something that is right.
    ///
    /// # Errors
    /// If the table can't be read.
    pub(super) async fn known(&self, id: &AccountId) -> anyhow::Result<Option<RegisteredAccount>> {
        match &self.registry {
            Registry::File => Ok(self.in_file(id).cloned()),
            Registry::Table { table, .. } => {
                let entries = table.entries().await.map_err(|error| told(&error))?;
                Ok(entries.into_iter().filter_map(Result::ok).find(|account| account.id() == id))
            }
            Registry::Database(history) => Ok(RegisteredInSql(history).find(id).await?),
        }
    }

    /// Writes an account, and says whether it replaced one.
    pub(super) async fn put(&self, account: &RegisteredAccount) -> anyhow::Result<bool> {
        match &self.registry {
            Registry::File => {
                let text = accounts_file::with(self.text(), &AccountEntry::from(account))?;
                self.write(&text)?;
                Ok(self.in_file(account.id()).is_some())
            }
            Registry::Table { table, .. } => Ok(table.put(account).await.map_err(|error| told(&error))?),
            Registry::Database(history) => Ok(RegisteredInSql(history).put(account).await?),
        }
    }

    /// Removes an account, and says whether it was there.
    pub(super) async fn remove(&self, id: &AccountId) -> anyhow::Result<bool> {
        match &self.registry {
            Registry::File => {
                let without = accounts_file::without(self.text(), id.as_str())?;
                without.map(|text| self.write(&text)).transpose().map(|written| written.is_some())
            }
            Registry::Table { table, .. } => Ok(table.remove(id).await.map_err(|error| told(&error))?),
            Registry::Database(history) => Ok(RegisteredInSql(history).remove(id).await?),
        }
    }

    /// The registry for people.
    pub(super) fn registry_in_words(&self) -> String {
        match &self.registry {
            Registry::File => self.file.path.display().to_string(),
            Registry::Table { name, .. } => format!("the accounts table {name}"),
            Registry::Database(history) => format!("the history's database {}", history.description()),
        }
    }

    /// When running processes see a change.
    pub(super) fn seen_when(&self) -> &'static str {
        match self.registry {
            Registry::File if self.file.text.is_none() => {
                "The file was not there and was made; a server that is running reads it when it is started again with it."
            }
            Registry::File => "A server that is running reads the file when it is started again.",
            Registry::Table { .. } | Registry::Database(_) => {
                "Processes that are running see it with their next fetch."
            }
        }
    }

    fn text(&self) -> &str {
        self.file.text.as_deref().unwrap_or_default()
    }

    /// Whatever is written is read first, as the next command will.
    fn write(&self, text: &str) -> anyhow::Result<()> {
        let path = &self.file.path;
        check_file(path, text)?;
        accounts_file::replace(path, text).with_context(|| format!("{} can't be written", path.display()))
    }
}

/// That the table could not be asked, and what to do about it.
fn told(error: &FetchError) -> Problem {
    of_fetch_error(error).adding(&table_advice(error))
}
