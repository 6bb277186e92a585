mod admission;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use aws_config::SdkConfig;
use futures::FutureExt;
use futures::future::BoxFuture;
use larder_app::configuration::{Configuration, load};
use larder_app::events::EventResponder;
use larder_app::http::router_behind;
use larder_app::runtime::{RuntimeCalculator, RuntimeParts};
use larder_app::wiring::{NoRuntime, OpenedRuntime, ambient_aws, ambient_fetcher};
use larder_app::{Fetcher, LogFormat, start_logging};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::arguments::Serve;
use crate::exit::Exit;
use crate::output::say;
use crate::running_minutes::open_running_minutes;
use crate::session::{Given, flags, open_with};
use crate::stop::stop_signal;
use admission::{Admission, who_is_asked};

#[cfg(feature = "demo")]
use crate::demo::{Demo, configuration_of_demo};

/// Answers over HTTP until SIGINT or SIGTERM.
pub(crate) async fn run(given: &Given, serve: &Serve) -> anyhow::Result<Exit> {
    let flags = flags(&[("listen", "--listen", &serve.listen), ("store", "--store", &serve.store.store)]);
    let configuration = load(given.file.clone(), &flags)?;
    #[cfg(feature = "demo")]
    let configuration = if serve.demo { configuration_of_demo(configuration, &serve.store)? } else { configuration };
    let format = if given.json { LogFormat::Json } else { LogFormat::Text };
    start_logging(configuration.log_level.unwrap_or_default(), format);
    let stop = stop_signal().context("the signals that stop the program can't be awaited")?;
    // Either is how it ends well.
    let mut stop = Box::pin(async { _ = stop.await });
    let asked = who_is_asked(&configuration, serve.listen.as_deref())?;
    let admission = tokio::select! {
        biased;
        // An issuer that hangs must not keep a program that is told to stop.
        () = &mut stop => return Ok(Exit::Done),
        opened = Admission::open(asked) => opened?,
    };
    let listener = listen(configuration.listen).await?;
    #[cfg(feature = "demo")]
    if serve.demo {
        let demo = Demo::start().await?;
        let configuration = demo.configuration(configuration)?;
        let examples = |url: &str| demo.examples(url);
        let aws = Aws { fetcher: demo.fetcher(&configuration)?, sdk: ready(demo.aws()?).boxed() };
        let tell = async |responder| demo.tell(responder).await;
        answer(&configuration, aws, (listener, admission), (examples, tell), stop).await?;
        demo.stop().await;
        return Ok(Exit::Done);
    }
    let aws = Aws { fetcher: Arc::new(ambient_fetcher(&configuration)), sdk: ambient_aws().boxed() };
    answer(&configuration, aws, (listener, admission), (|_: &str| Vec::new(), nothing_told), stop).await?;
    Ok(Exit::Done)
}

/// Whom the server asks.
struct Aws {
    fetcher: Arc<dyn Fetcher>,
    /// For what is worked out besides; the SDK may look for it for a while.
    sdk: BoxFuture<'static, SdkConfig>,
}

async fn answer(
    configuration: &Configuration,
    aws: Aws,
    (listener, admission): (TcpListener, Admission),
    (examples, tell): (impl Fn(&str) -> Vec<String>, impl AsyncFnOnce(EventResponder) -> Infallible),
    mut stop: impl Future<Output = ()> + Send + Unpin + 'static,
) -> anyhow::Result<()> {
    let opening = async {
        let (runtime, parts) = running_minutes(configuration, aws.sdk).await;
        (open_with(configuration, aws.fetcher, runtime).await, parts)
    };
    let (app, parts) = tokio::select! {
        biased;
        // A store that hangs, and the SDK where it looks for a region, must not keep a program that is told to stop.
        () = &mut stop => return Ok(()),
        opened = opening => opened,
    };
    // Whatever runs beside the answers ends with them: each step of it can be done again.
    let mut beside = JoinSet::new();
    let responder = parts.as_ref().map(|parts| EventResponder::new(app.clone(), parts.clone()));
    if let Some(parts) = parts {
        let (calculator, within) = (RuntimeCalculator::new(parts), configuration.runtime.deadline);
        beside.spawn(async move { calculator.keep_up(within).await });
    }
    let url = format!("http://{}", listener.local_addr()?);
    tracing::info!(store = app.store().in_use(), deployment = configuration.deployment, %url, "serving");
    say(&format!("Larder listens on {url}"));
    examples(&url).iter().for_each(|example| say(example));
    let router = router_behind(app, |routes| admission.before(routes));
    let telling = async {
        match responder {
            Some(responder) => tell(responder).await,
            None => pending().await,
        }
    };
    tokio::select! {
        served = larder_app::serve(listener, router, stop) => served.context("serving failed"),
        never = telling => match never {},
    }
}

/// A laptop has no EventBridge: the hourly run finds what it would have told.
async fn nothing_told(_: EventResponder) -> Infallible {
    pending().await
}

/// Running minutes, which are worked out by the hour where a tag says of which servers.
async fn running_minutes(
    configuration: &Configuration,
    sdk: BoxFuture<'static, SdkConfig>,
) -> (OpenedRuntime, Option<RuntimeParts>) {
    // Without a tag nothing is asked of the SDK, which may take a while where it is not set up.
    let opened = match configuration.runtime.app_tag {
        Some(_) => open_running_minutes(configuration, &sdk.await).await,
        None => Err(NoRuntime::no_tag()),
    };
    match opened {
        Ok(parts) => (
            OpenedRuntime::when_asked({
                let parts = parts.clone();
                || Ok(parts)
            }),
            Some(parts),
        ),
        Err(error) => {
            tracing::info!(reason = %error, "running minutes are not worked out");
            (OpenedRuntime::none(error.to_string()), None)
        }
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address} (is another program there? --listen 127.0.0.1:0 takes a free port)")
    })
}

#[cfg(test)]
mod tests {
    use larder_app::configuration::StoreChoice;

    use super::*;

    #[tokio::test]
    async fn who_is_told_to_stop_opens_nothing_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache.sqlite");
        let store = Some(StoreChoice::Sqlite(path.clone()));
        let configuration = Configuration { store, ..Configuration::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let aws = Aws { fetcher: Arc::new(ambient_fetcher(&configuration)), sdk: ambient_aws().boxed() };
        let door = (listener, Admission::Local);
        answer(&configuration, aws, door, (|_: &str| Vec::new(), nothing_told), ready(())).await.expect("it stops");
        assert!(!path.exists(), "the store was opened");
    }
}
