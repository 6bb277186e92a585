use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use tokio::sync::OnceCell;

use super::replica::Replica;
use super::{PostgresHistory, PostgresSettings};
use crate::HistoryError;

/// Upkeep does one thing at a time; an export may stand beside it.
const PATIENT: u32 = 2;

/// After so many milliseconds the database ends a transaction whose program does no more: a function that was frozen in the
/// middle of one would hold its locks until it thaws.
const FORSAKEN: &str = "60000";

pub(super) fn lazily(settings: &PostgresSettings) -> Result<PostgresHistory, HistoryError> {
    let options = parse(&settings.url)?;
    let patient = pool(settings, options.clone(), Duration::ZERO, PATIENT);
    let replica = settings.read_replica.as_ref().map(|url| {
        let options = parse(url)?;
        let described = described(&options);
        Ok(Replica::new(described, pool(settings, options, settings.statement_timeout, settings.pool)))
    });
    Ok(PostgresHistory {
        described: described(&options),
        primary: pool(settings, options, settings.statement_timeout, settings.pool),
        patient,
        replica: replica.transpose()?,
        migrated: OnceCell::new(),
    })
}

/// The parser's own error might repeat a part of the URL, and with it the password.
fn parse(url: &SecretString) -> Result<PgConnectOptions, HistoryError> {
    let unusable = "the database's URL can't be understood: it should be as postgres://USER@HOST:PORT/DATABASE";
    let options = PgConnectOptions::from_str(url.expose_secret());
    Ok(options.map_err(|_| HistoryError::Unusable(unusable.to_owned()))?.application_name("larder"))
}

fn pool(settings: &PostgresSettings, options: PgConnectOptions, statement_timeout: Duration, most: u32) -> PgPool {
    let timeout = statement_timeout.as_millis().to_string();
    // A statement that waits for another's sync would be written to the log as a slow one.
    let bounds = [("statement_timeout", timeout.as_str()), ("idle_in_transaction_session_timeout", FORSAKEN)];
    let options = options.options(bounds).disable_statement_logging();
    PgPoolOptions::new().max_connections(most).acquire_timeout(settings.connect_timeout).connect_lazy_with(options)
}

/// The database for people: everything but the password.
fn described(options: &PgConnectOptions) -> String {
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    format!("postgres://{user}@{host}:{port}/{}", options.get_database().unwrap_or(user))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::History;

    #[rstest]
    #[case("postgres://ann:s3cret@db.example:6432/larder?sslmode=require", "postgres://ann@db.example:6432/larder")]
    #[case("postgresql://ann:s3cret@db.example", "postgres://ann@db.example:5432/ann")]
    #[tokio::test]
    async fn the_password_is_nowhere_to_be_seen(#[case] url: &str, #[case] shown: &str) {
        let history = PostgresHistory::new(&PostgresSettings::new(url.into())).expect("an URL");
        assert_eq!(history.description(), shown);
        let debug = format!("{history:?} {:?}", PostgresSettings::new(url.into()));
        assert!(!debug.contains("s3cret"), "{debug}");
    }

    #[rstest]
    #[case("postgres://ann:s3cret@db.example:port/larder")]
    #[case("s3cret")]
    #[case("postgres://ann:s3cret@db.example/larder?sslmode=s3cret")]
    #[tokio::test]
    async fn an_url_that_is_none_is_not_repeated(#[case] url: &str) {
        let refused = PostgresHistory::new(&PostgresSettings::new(url.into())).expect_err("it is none");
        assert!(!format!("{refused} {refused:?}").contains("s3cret"), "{refused:?}");
    }
}
