use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use larder_history::HistoryError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::configuration::{DatabasePlace, DatabaseUrl, host};

/// The port of a PostgreSQL where a secret names none.
const PORT: u16 = 5_432;

/// All but what stands for itself in every part of a URL (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The database where neither a secret nor a setting names one.
const NAME: &str = "larder";

/// What RDS keeps in a secret: of one that it manages itself the first two.
#[derive(Deserialize)]
struct OfRds {
    username: String,
    password: String,
    host: Option<String>,
    port: Option<u16>,
    dbname: Option<String>,
}

/// What is said of a secret of another shape.
const NO_SHAPE: &str = "is neither postgres://USER:PASSWORD@HOST/DATABASE nor JSON with username and password, and, unless \
                        history.database_host, database_port and database_name (LARDER_DATABASE_HOST, _PORT, _NAME) say \
                        them, host, port and dbname";
/// What is said of one that RDS manages, where nobody says where the database is.
const NO_HOST: &str = "has no host, as one that RDS manages itself: set history.database_host (LARDER_DATABASE_HOST) and, \
                       unless it is larder, history.database_name (LARDER_DATABASE_NAME)";

/// The database's URL as the secret has it now.
///
/// # Errors
/// [`HistoryError::Unusable`], which repeats nothing of the secret.
pub(super) async fn database_url(
    arn: &str,
    place: &DatabasePlace,
    aws: &SdkConfig,
) -> Result<DatabaseUrl, HistoryError> {
    // The secret's own region, whichever is configured.
    let region = arn.split(':').nth(3).map(|name| Region::new(name.to_owned()));
    let configuration = aws_sdk_secretsmanager::config::Builder::from(aws).region(region).build();
    let asked = Client::from_conf(configuration).get_secret_value().secret_id(arn).send().await;
    let answer = asked.map_err(|error| {
        HistoryError::Unusable(format!("secretsmanager:GetSecretValue of {arn}: {}", DisplayErrorContext(&error)))
    })?;
    let text = SecretString::from(answer.secret_string().unwrap_or_default());
    url_of(&text, place).map_err(|reason| HistoryError::Unusable(format!("the secret {arn} {reason}")))
}

/// The URL that a secret has or that its parts make.
///
/// # Errors
/// What is wrong with it, in words that repeat nothing of it.
fn url_of(text: &SecretString, place: &DatabasePlace) -> Result<DatabaseUrl, &'static str> {
    let text = text.expose_secret().trim();
    if let Some(url) = DatabaseUrl::parse(text) {
        return Ok(url);
    }
    let OfRds { username, password, host: of_secret, port, dbname } =
        serde_json::from_str(text).map_err(|_| NO_SHAPE)?;
    let of_secret = of_secret.map(|text| host(&text).map_err(|_| "has a host that is none")).transpose()?;
    let host = place.host.clone().or(of_secret).ok_or(NO_HOST)?;
    let port = place.port.or(port).unwrap_or(PORT);
    let name = place.name.as_deref().or(dbname.as_deref()).unwrap_or(NAME);
    let [username, password, name] = [&username, &password, name].map(|part| utf8_percent_encode(part, ESCAPED));
    // RDS takes TLS always, and clear text unless it is told not to.
    let url = format!("postgres://{username}:{password}@{host}:{port}/{name}?sslmode=require");
    DatabaseUrl::parse(&url).ok_or(NO_SHAPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Option<String> {
        url_at(text, &DatabasePlace::default()).ok()
    }

    fn url_at(text: &str, place: &DatabasePlace) -> Result<String, &'static str> {
        url_of(&SecretString::from(text), place).map(|url| url.secret().expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_a_url_or_what_rds_keeps() {
        assert_eq!(url("postgres://a:b@c/d\n").as_deref(), Some("postgres://a:b@c/d"));
        let of_rds = r#"{"engine": "postgres", "username": "larder", "password": "p@ss/w?rd", "host": "db.example",
                         "port": 5433, "dbname": "history", "dbInstanceIdentifier": "x"}"#;
        let expected = "postgres://larder:p%40ss%2Fw%3Frd@db.example:5433/history?sslmode=require";
        assert_eq!(url(of_rds).as_deref(), Some(expected));
        let least = r#"{"username": "larder", "password": "x", "host": "db"}"#;
        assert_eq!(url(least).as_deref(), Some("postgres://larder:x@db:5432/larder?sslmode=require"));
        for text in ["", "hunter2", "{}", r#"{"username": "larder", "password": "x"}"#] {
            assert_eq!(url(text), None, "{text}");
        }
    }

    #[test]
    fn what_rds_leaves_out_of_the_secrets_that_it_manages_is_set() {
        let managed = r#"{"username": "larder", "password": "hunter2"}"#;
        let refused = url_at(managed, &DatabasePlace::default()).expect_err("nobody knows where it is");
        assert!(refused.contains("LARDER_DATABASE_HOST") && !refused.contains("hunter2"), "{refused}");
        let place =
            DatabasePlace { host: Some("db.example".to_owned()), port: Some(5_433), name: Some("h".to_owned()) };
        let expected = "postgres://larder:hunter2@db.example:5433/h?sslmode=require";
        assert_eq!(url_at(managed, &place).as_deref(), Ok(expected));
        let whole = r#"{"username": "larder", "password": "hunter2", "host": "old", "port": 1, "dbname": "old"}"#;
        assert_eq!(url_at(whole, &place).as_deref(), Ok(expected));
        assert_eq!(url_at("postgres://a:b@c/d", &place).as_deref(), Ok("postgres://a:b@c/d"));
        let elsewhere = r#"{"username": "larder", "password": "hunter2", "host": "db.example/x?host=evil"}"#;
        assert!(url_at(elsewhere, &DatabasePlace::default()).is_err());
    }
}
