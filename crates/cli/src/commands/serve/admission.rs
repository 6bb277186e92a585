use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use larder_app::configuration::{Configuration, TrustedIssuer};
use larder_app::http::{admit_bearer, admit_local};
use larder_app::{Issuer, SystemEnvironment};

use crate::exit::WrongUsage;

/// Who may ask a server.
pub(super) enum Admission {
    /// Whoever is on this machine.
    Local,
    /// Whoever has an access token of the issuer.
    Bearer(Arc<Issuer>),
}

impl Admission {
    /// Makes ready to ask for tokens, if there is an issuer.
    ///
    /// # Errors
    /// [`WrongUsage`] for keys that can't be read and won't be.
    pub(super) async fn open(trusted: Option<TrustedIssuer>) -> Result<Self, WrongUsage> {
        let Some(trusted) = trusted else { return Ok(Self::Local) };
        tracing::info!(issuer = %trusted.name, "asks for access tokens");
        let issuer = Issuer::open(trusted, Arc::new(SystemEnvironment::new())).await;
        Ok(Self::Bearer(Arc::new(issuer.map_err(|error| WrongUsage(error.to_string()))?)))
    }

    /// The routes, for those alone.
    pub(super) fn before(self, routes: Router) -> Router {
        match self {
            Self::Local => routes.layer(from_fn(admit_local)),
            Self::Bearer(issuer) => routes.layer(from_fn_with_state(issuer, admit_bearer)),
        }
    }
}

/// The issuer that was set, which a server that others reach can't do without.
///
/// # Errors
/// [`WrongUsage`], and [`larder_app::configuration::ConfigurationError`] for half an issuer.
pub(super) fn who_is_asked(configuration: &Configuration, flag: Option<&str>) -> anyhow::Result<Option<TrustedIssuer>> {
    let trusted = configuration.auth.trusted()?;
    let address = configuration.listen;
    if trusted.is_some() || address.ip().is_loopback() {
        return Ok(trusted);
    }
    let source = if flag.is_some() { "--listen" } else { "LARDER_LISTEN, or listen in larder.toml" };
    let reason = "is not on this machine's loopback, and whoever reaches the server could use your AWS credentials as long \
                  as it asks for no token. Say whose tokens it takes with auth.issuer (LARDER_AUTH_ISSUER) and \
                  auth.audience (LARDER_AUTH_AUDIENCE), or use 127.0.0.1 or [::1]";
    Err(WrongUsage(format!("{source}: {address} {reason}")).into())
}

#[cfg(test)]
mod tests {
    use larder_app::configuration::AuthConfiguration;

    use super::*;

    fn asked(address: &str, flag: Option<&str>, issuer: Option<&str>) -> Result<Option<String>, String> {
        let issuer = issuer.map(str::to_owned);
        let auth = AuthConfiguration { issuer, ..AuthConfiguration::default() };
        let audience = auth.issuer.iter().map(|_| "app".to_owned()).collect();
        let listen = address.parse().expect("an address");
        let auth = AuthConfiguration { audience, ..auth };
        let configuration = Configuration { listen, auth, ..Configuration::default() };
        let asked = who_is_asked(&configuration, flag).map_err(|error| error.to_string());
        asked.map(|asked| asked.map(|it| it.name))
    }

    #[test]
    fn an_address_that_others_reach_is_refused_with_its_source() {
        let refused = |flag| asked("0.0.0.0:80", flag, None).expect_err("refused");
        assert!(refused(Some("0.0.0.0:80")).starts_with("--listen: 0.0.0.0:80 "));
        assert!(refused(None).starts_with("LARDER_LISTEN, or listen in larder.toml: "));
        assert!(refused(None).contains("LARDER_AUTH_ISSUER") && refused(None).contains("LARDER_AUTH_AUDIENCE"));
    }

    #[test]
    fn an_issuer_is_asked_wherever_the_server_listens() {
        let issuer = "https://idp.example";
        assert_eq!(asked("[::1]:80", None, None), Ok(None));
        for address in ["127.0.0.1:80", "0.0.0.0:80", "[::]:80", "192.0.2.1:80"] {
            assert_eq!(asked(address, None, Some(issuer)), Ok(Some(issuer.to_owned())), "{address}");
        }
    }
}
