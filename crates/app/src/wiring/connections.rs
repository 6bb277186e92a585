use std::sync::{Arc, OnceLock};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Connections as the SDK makes them by default, but for all clients together, and not before the first request.
///
/// Left to itself each client reads the system's hundreds of root certificates as soon as it is made, once more at its
/// first request, and what it made of them first it drops: that is most of a function's start.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Arc<OnceLock<SharedHttpClient>>);

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.get_or_init(as_by_default).http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.get().and_then(HttpClient::connector_metadata)
    }
}

fn as_by_default() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(connector)
}

/// What makes connections, with TLS and by the proxies that are set. Making it reads the system's root certificates.
pub(crate) fn connector(settings: Option<&HttpConnectorSettings>, components: Option<&RuntimeComponents>) -> Connector {
    let mut connector = ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    connector.set_connector_settings(settings.cloned());
    connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    connector.set_proxy_config(Some(ProxyConfig::from_env()));
    connector.build()
}

#[cfg(test)]
mod tests {
    use larder_cache::store::{DynamoDbStore, Store};

    use super::*;
    use crate::SystemEnvironment;
    use crate::wiring::fixed_aws;

    #[tokio::test]
    async fn nothing_is_prepared_before_the_first_request() {
        let connections = Connections::default();
        // Nobody listens there.
        let aws = fixed_aws("http://127.0.0.1:1", "us-east-1", "test", "test").into_builder();
        let aws = aws.http_client(connections.clone()).build();
        let client = DynamoDbStore::client(&aws);
        assert!(connections.0.get().is_none(), "making a client prepares its connections");
        let store = DynamoDbStore::new(client, "table", Arc::new(SystemEnvironment::new()));
        assert!(store.read_epoch().await.is_err());
        assert!(connections.0.get().is_some(), "the first request does not go by these connections");
    }
}
