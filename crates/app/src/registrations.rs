use aws_config::SdkConfig;
use larder_sources::{AccountEntry, AccountId, FetchError, InvalidAccount, RegisteredAccount};

use crate::configuration::Configuration;
use crate::problem::Problem;
use crate::sql_accounts::rows;
use crate::wiring::{OpenedHistory, SharedRegistry, accounts, accounts_table, shared_registry};

/// The accounts that can be asked, each with where it is registered.
#[derive(Debug, Default)]
pub struct Registrations {
    /// By id.
    pub accounts: Vec<Registration>,
    /// What is wrong with the items of the accounts table and the rows of the database that are no account.
    pub invalid: Vec<InvalidAccount>,
    /// Why those of the accounts table are missing, if they are.
    pub table_failure: Option<FetchError>,
    /// Why those of the history's database are missing, if they are.
    pub database_failure: Option<Problem>,
    /// Why the own account is missing, if it is.
    pub own_failure: Option<FetchError>,
}

/// One account.
#[derive(Debug)]
pub struct Registration {
    /// As the first of its places has it.
    pub account: RegisteredAccount,
    /// Where it is registered; what an earlier one says of it counts more.
    pub places: Vec<Place>,
}

/// Where an account is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `[[accounts]]` in `larder.toml`.
    File,
    /// The accounts table.
    Table,
    /// The history's database, where no table is configured.
    Database,
    /// Nowhere: it is that of Larder's own credentials.
    Own,
}

impl Registrations {
    /// Those of the file and, as they are now, of the table or, where none is configured, of the history's database.
    pub async fn registered(configuration: &Configuration, aws: &SdkConfig, history: &OpenedHistory) -> Self {
        let mut found = Self::default();
        found.take(Place::File, configuration.accounts.all().to_vec());
        match shared_registry(configuration, history) {
            Some(SharedRegistry::Table(table)) => match accounts_table(table, aws).entries().await {
                Ok(entries) => found.take_valid(Place::Table, entries),
                Err(error) => found.table_failure = Some(error),
            },
            Some(SharedRegistry::Database(history)) => match rows(history).await {
                Ok(rows) => found.take_valid(Place::Database, rows),
                Err(problem) => found.database_failure = Some(problem),
            },
            None => {}
        }
        found
    }

    /// The same with the own account, which is asked for unless it is configured.
    pub async fn read(configuration: &Configuration, aws: &SdkConfig, history: &OpenedHistory) -> Self {
        let found = Self::registered(configuration, aws, history).await;
        let own = match &configuration.own_account {
            Some(own) => Ok(own.clone()),
            None => accounts(configuration, aws.clone(), history).own_account(None).await,
        };
        match own {
            Ok(own) => found.with_own(&own),
            Err(error) => Self { own_failure: Some(error), ..found },
        }
    }

    /// The same with the own account in its place.
    #[must_use]
    pub fn with_own(mut self, own: &AccountId) -> Self {
        let entry = AccountEntry { account_id: own.to_string(), ..AccountEntry::default() };
        self.take(Place::Own, entry.try_into().into_iter().collect());
        self
    }

    fn take_valid(&mut self, place: Place, read: Vec<Result<RegisteredAccount, InvalidAccount>>) {
        let (valid, invalid): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
        self.take(place, valid.into_iter().flatten().collect());
        self.invalid.extend(invalid.into_iter().filter_map(Result::err));
    }

    fn take(&mut self, place: Place, read: Vec<RegisteredAccount>) {
        for account in read {
            let known = self.accounts.iter_mut().find(|known| known.account.id() == account.id());
            match known {
                Some(known) => known.places.push(place),
                None => self.accounts.push(Registration { account, places: vec![place] }),
            }
        }
        self.accounts.sort_by(|a, b| a.account.id().cmp(b.account.id()));
    }
}

#[cfg(test)]
mod tests {
    use larder_history::{CloudAccount, History, SqliteHistory};
    use larder_sources::{ConfiguredAccounts, FailureKind};

    use super::*;
    use crate::test_app::history_in_memory;
    use crate::wiring::fixed_aws;

    fn account(id: &str, name: &str) -> RegisteredAccount {
        let role_arn = Some(format!("arn:aws:iam::{id}:role/larder-read"));
        let entry = AccountEntry {
            account_id: id.to_owned(),
            name: Some(name.to_owned()),
            role_arn,
            ..AccountEntry::default()
        };
        entry.try_into().expect("an account")
    }

    #[tokio::test]
    async fn the_own_account_needs_no_sts_where_it_is_configured() {
        let mut configuration = Configuration { own_account: AccountId::parse("111122223333"), ..Default::default() };
        configuration.accounts = ConfiguredAccounts::new(vec![account("444455556666", "staging")]).expect("one");
        // Nobody listens there.
        let aws = fixed_aws("http://127.0.0.1:9", "us-east-1", "key", "secret");
        let found = Registrations::read(&configuration, &aws, &OpenedHistory::none("a test has none")).await;
        let places: Vec<_> = found.accounts.iter().map(|one| (one.account.id().as_str(), &*one.places)).collect();
        assert_eq!(places, [("111122223333", &[Place::Own][..]), ("444455556666", &[Place::File])]);
        assert_eq!((found.table_failure, found.own_failure), (None, None));
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_told_apart() {
        let configuration = Configuration { accounts_table: Some("accounts".to_owned()), ..Default::default() };
        // Nobody listens there.
        let aws = fixed_aws("http://127.0.0.1:9", "us-east-1", "key", "secret");
        let found = Registrations::read(&configuration, &aws, &OpenedHistory::none("a test has none")).await;
        assert_eq!(found.accounts.len(), 0);
        let [table, own] = [found.table_failure, found.own_failure].map(|failure| failure.expect("nobody answers"));
        assert_eq!([&*table.operation, &*own.operation], ["dynamodb:Scan", "sts:GetCallerIdentity"]);
        assert_eq!([table.kind, own.kind], [FailureKind::Unavailable, FailureKind::Unavailable]);
    }

    #[tokio::test]
    async fn the_database_is_a_registry_only_where_there_is_no_table() {
        let history = SqliteHistory::in_memory().await.expect("a history");
        let id = "444455556666".to_owned();
        let row = CloudAccount { id, name: None, role_arn: None, external_id: None, regions: Vec::new() };
        history.put_account(&row).await.expect("registered");
        let history = history_in_memory(history);
        // Nobody listens there.
        let aws = fixed_aws("http://127.0.0.1:9", "us-east-1", "key", "secret");
        for (accounts_table, places) in [(None, vec![Place::Database]), (Some("accounts".to_owned()), vec![])] {
            let configuration = Configuration { accounts_table, ..Default::default() };
            let found = Registrations::registered(&configuration, &aws, &history).await;
            assert_eq!(found.accounts.into_iter().flat_map(|one| one.places).collect::<Vec<_>>(), places);
        }
    }

    #[test]
    fn what_the_file_says_counts_more() {
        let mut found = Registrations::default();
        found.take(Place::File, vec![account("444455556666", "as the file has it")]);
        found.take(Place::Table, vec![account("444455556666", "as the table has it")]);
        let registration = &found.accounts[0];
        assert_eq!(registration.account.name(), Some("as the file has it"));
        assert_eq!(registration.places, [Place::File, Place::Table]);
    }
}
