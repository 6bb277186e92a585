use std::time::Duration;

use secrecy::SecretString;

/// How a PostgreSQL database is reached and used.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// `postgres://ann@host:5432/larder?sslmode=verify-full&sslrootcert=/etc/rds.pem`: host, user, password, TLS and all
    /// else that libpq's URLs tell.
    pub url: SecretString,
    /// A replica that reads go to; they go to the other where it fails.
    pub read_replica: Option<SecretString>,
    /// The most connections to each.
    pub pool: u32,
    /// How long a statement may take, waiting for another's sync of the same place included.
    pub statement_timeout: Duration,
    /// How long a connection may take to come about, or to become free.
    pub connect_timeout: Duration,
}

impl PostgresSettings {
    /// The defaults: 10 connections, 5 seconds for a statement, 3 for a connection, no replica.
    #[must_use]
    pub const fn new(url: SecretString) -> Self {
        let (statement_timeout, connect_timeout) = (Duration::from_secs(5), Duration::from_secs(3));
        Self { url, read_replica: None, pool: 10, statement_timeout, connect_timeout }
    }
}
