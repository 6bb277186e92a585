use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use larder_history::HistoryError;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::configuration::DatabaseUrl;

/// The port of a PostgreSQL where a secret names none.
const PORT: u16 = 5_432;

/// What RDS keeps in a secret that it made.
#[derive(Deserialize)]
struct OfRds {
    username: String,
    password: String,
    host: String,
    port: Option<u16>,
    dbname: Option<String>,
}

/// The database's URL as the secret has it now.
///
/// # Errors
/// [`HistoryError::Unusable`], which repeats nothing of the secret.
pub(super) async fn database_url(arn: &str, aws: &SdkConfig) -> Result<DatabaseUrl, HistoryError> {
    // The secret's own region, whichever is configured.
    let region = arn.split(':').nth(3).map(|name| Region::new(name.to_owned()));
    let configuration = aws_sdk_secretsmanager::config::Builder::from(aws).region(region).build();
    let asked = Client::from_conf(configuration).get_secret_value().secret_id(arn).send().await;
    let answer = asked.map_err(|error| {
        HistoryError::Unusable(format!("secretsmanager:GetSecretValue of {arn}: {}", DisplayErrorContext(&error)))
    })?;
    let text = SecretString::from(answer.secret_string().unwrap_or_default());
    url_of(&text).ok_or_else(|| {
        let reason = "is neither postgres://USER:PASSWORD@HOST/DATABASE nor {username, password, host, port, dbname}";
        HistoryError::Unusable(format!("the secret {arn} {reason}"))
    })
}

fn url_of(text: &SecretString) -> Option<DatabaseUrl> {
    let text = text.expose_secret().trim();
    if let Some(url) = DatabaseUrl::parse(text) {
        return Some(url);
    }
    let OfRds { username, password, host, port, dbname } = serde_json::from_str(text).ok()?;
    let name = dbname.as_deref().unwrap_or("larder");
    let [username, password, name] = [&username, &password, name].map(escaped);
    // RDS takes TLS always, and clear text unless it is told not to.
    let url = format!("postgres://{username}:{password}@{host}:{}/{name}?sslmode=require", port.unwrap_or(PORT));
    DatabaseUrl::parse(&url)
}

/// A text as it may stand in any part of a URL (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Option<String> {
        url_of(&SecretString::from(text)).map(|url| url.secret().expose_secret().to_owned())
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
}
