use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use larder_history::Retention;
use secrecy::{ExposeSecret, SecretString};

use super::value::{self, Parsed};

/// Where the history is, and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryConfiguration {
    /// The database; absent for the host's own default.
    pub database: Option<DatabaseChoice>,
    /// A PostgreSQL that is read instead, as long as it answers.
    pub read_replica: Option<DatabaseUrl>,
    /// The ARN of the Secrets Manager secret that has the database's URL.
    pub secret: Option<String>,
    /// Where that database is, as far as a secret of names does not say.
    pub place: DatabasePlace,
    /// How many connections to PostgreSQL there may be.
    pub pool: u32,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long what is past is kept.
    pub retention: Retention,
}

/// Where a PostgreSQL is whose name and password a secret has: what is said here counts more than the secret. RDS keeps
/// nothing but these two in the secrets that it manages itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabasePlace {
    /// A name or an address.
    pub host: Option<String>,
    /// 5432 where nobody says.
    pub port: Option<u16>,
    /// The database on it; `larder` where nobody says.
    pub name: Option<String>,
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseChoice {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL.
    Postgres(DatabaseUrl),
    /// None: nothing is kept but what the cache keeps.
    Nowhere,
}

/// The URL of a PostgreSQL. It may have a password in it, and is in no log: its `Debug` hides it.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// What a text says, unless it is no such URL.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        let is_clean = !text.contains(|it: char| it.is_whitespace() || it.is_control());
        (is_one && is_clean).then(|| Self(SecretString::from(text)))
    }

    /// The URL, for who connects.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(..)")
    }
}

impl PartialEq for DatabaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for DatabaseUrl {}

impl Default for HistoryConfiguration {
    fn default() -> Self {
        Self {
            database: None,
            read_replica: None,
            secret: None,
            place: DatabasePlace::default(),
            pool: 10,
            statement_timeout: Duration::from_secs(5),
            retention: Retention::default(),
        }
    }
}

/// A value that is none is not repeated: a slip in the scheme would tell the password behind it.
pub(super) fn database(text: &str) -> Parsed<DatabaseChoice> {
    if let Some(url) = DatabaseUrl::parse(text) {
        return Ok(DatabaseChoice::Postgres(url));
    }
    match text.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(DatabaseChoice::Sqlite(PathBuf::from(path))),
        None if text == "none" => Ok(DatabaseChoice::Nowhere),
        _ => Err("that is none of sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE, none".to_owned()),
    }
}

pub(super) fn read_replica(text: &str) -> Parsed<DatabaseUrl> {
    DatabaseUrl::parse(text).ok_or_else(|| "that is not postgres://USER:PASSWORD@HOST/DATABASE".to_owned())
}

pub(super) fn secret(text: &str) -> Parsed<String> {
    let parts: Vec<&str> = text.splitn(7, ':').collect();
    let is_one = matches!(parts[..], ["arn", _, "secretsmanager", _, _, "secret", name] if !name.is_empty());
    let is_clean = text.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = || {
        "that is not the ARN of a secret, such as \
         arn:aws:secretsmanager:us-east-1:111122223333:secret:larder-database-AbCdEf"
            .to_owned()
    };
    (is_one && is_clean).then(|| text.to_owned()).ok_or_else(wrong)
}

/// A name or an IPv4 address, as it may stand in a URL.
pub(crate) fn host(text: &str) -> Parsed<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_one = (1..=253).contains(&text.len()) && text.bytes().all(allowed);
    is_one.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not a host, e.g. db.example"))
}

pub(super) fn database_name(text: &str) -> Parsed<String> {
    let is_one = (1..=63).contains(&text.len()) && !text.contains(char::is_control);
    is_one.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not the name of a database, e.g. larder"))
}

/// Absent means for ever, and 0 would delete the current month.
pub(super) fn months(text: &str) -> Parsed<Option<u16>> {
    value::count::<u16>(text).map(Some).map_err(|_| format!("{text:?} is not a whole number of months from 1, e.g. 13"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:larder-AbCdEf";

    #[test]
    fn a_database_is_one_of_three() {
        assert_eq!(database("sqlite:/d/h.sqlite"), Ok(DatabaseChoice::Sqlite("/d/h.sqlite".into())));
        assert_eq!(database("none"), Ok(DatabaseChoice::Nowhere));
        for text in ["postgres://larder:pass@db/larder", "postgresql://db"] {
            let Ok(DatabaseChoice::Postgres(url)) = database(text) else { panic!("{text}") };
            assert_eq!(url.secret().expose_secret(), text);
        }
        for text in ["", "sqlite:", "nowhere", "history.sqlite", "postgres://a b"] {
            assert!(database(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_password_is_repeated() {
        for text in ["mysql://larder:hunter2@db/larder", "postgres//larder:hunter2@db", "sqlite"] {
            let refused = [database(text).err(), read_replica(text).err(), secret(text).err()];
            for refused in refused.into_iter().flatten() {
                assert!(!refused.contains("hunter2") && !refused.contains("@db:"), "{refused}");
            }
        }
        let url = DatabaseUrl::parse("postgres://larder:hunter2@db/larder").expect("a URL");
        let configuration =
            HistoryConfiguration { database: Some(DatabaseChoice::Postgres(url)), ..Default::default() };
        assert!(!format!("{configuration:?}").contains("hunter2"), "{configuration:?}");
    }

    #[test]
    fn a_secret_is_named_by_its_arn() {
        assert_eq!(secret(SECRET).as_deref(), Ok(SECRET));
        for text in ["", "larder-database", "arn:aws:s3:::bucket", "arn:aws:secretsmanager:a:b:secret:"] {
            assert!(secret(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_is_what_can_stand_in_a_url() {
        assert!(host("larder.abc.us-east-1.rds.amazonaws.com").is_ok() && host("10.0.0.1").is_ok());
        for text in ["", "db.example:5432", "postgres://db", "a b", "a@b", "a/b", &"a".repeat(254)] {
            assert!(host(text).is_err(), "{text}");
        }
        assert!(
            database_name("larder history").is_ok() && database_name("").is_err() && database_name("a\nb").is_err()
        );
    }

    #[test]
    fn what_is_kept_is_kept_for_a_month_at_least() {
        assert_eq!(months("13"), Ok(Some(13)));
        for text in ["0", "-1", "1.5", "for ever"] {
            assert!(months(text).is_err(), "{text}");
        }
    }
}
