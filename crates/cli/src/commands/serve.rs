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
use larder_app::http::{Process, router_behind};
use larder_app::runtime::{RuntimeCalculator, RuntimeParts};
use larder_app::sync::{Schedule, ScheduleStart};
use larder_app::wiring::{NoRuntime, OpenedHistory, OpenedRuntime, ambient_aws, ambient_fetcher};
use larder_app::{App, Fetcher, LogFormat, start_logging};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::arguments::Serve;
use crate::database::kept_history;
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
    let flags = flags(&[
        ("listen", "--listen", &serve.listen),
        ("store", "--store", &serve.store.store),
        ("history.database", "--database", &serve.database.database),
    ]);
    let configuration = load(given.file.clone(), &flags)?;
    #[cfg(feature = "demo")]
    let configuration = if serve.demo { configuration_of_demo(configuration, serve)? } else { configuration };
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
        let history = demo.history(&configuration);
        let fetcher = demo.fetcher(&configuration, &history)?;
        let aws = Asked { fetcher, sdk: ready(demo.aws()?).boxed(), history, start: ScheduleStart::AtOnce };
        let tell = async |responder, app| demo.tell(responder, app).await;
        answer(&configuration, aws, (listener, admission), (examples, tell), stop).await?;
        demo.stop().await;
        return Ok(Exit::Done);
    }
    let history = kept_history(&configuration).await;
    let fetcher = Arc::new(ambient_fetcher(&configuration, &history));
    let aws = Asked { fetcher, sdk: ambient_aws().boxed(), history, start: ScheduleStart::WhenDue };
    answer(&configuration, aws, (listener, admission), (|_: &str| Vec::new(), nothing_told), stop).await?;
    Ok(Exit::Done)
}

/// Whom the server asks.
struct Asked {
    fetcher: Arc<dyn Fetcher>,
    /// For what is worked out besides; the SDK may look for it for a while.
    sdk: BoxFuture<'static, SdkConfig>,
    history: OpenedHistory,
    /// When the history is first synced.
    start: ScheduleStart,
}

async fn answer(
    configuration: &Configuration,
    asked: Asked,
    (listener, admission): (TcpListener, Admission),
    (examples, tell): (impl Fn(&str) -> Vec<String>, impl AsyncFnOnce(EventResponder, App) -> Infallible),
    mut stop: impl Future<Output = ()> + Send + Unpin + 'static,
) -> anyhow::Result<()> {
    let Asked { fetcher, sdk, history, start } = asked;
    let opening = async {
        let (runtime, parts) = running_minutes(configuration, sdk, &history).await;
        (open_with(configuration, fetcher, runtime, history).await, parts)
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
        let app = app.clone();
        beside.spawn(async move { calculator.keep_up(within, |report| app.calculated(report)).await });
    }
    let schedule = Schedule::new(app.clone(), configuration, start);
    beside.spawn(async move { schedule.keep_up().await });
    let url = format!("http://{}", listener.local_addr()?);
    let (store, history) = (app.store().in_use(), app.history().description());
    tracing::info!(store, history, deployment = configuration.deployment, %url, "serving");
    say(&format!("Larder listens on {url}"));
    examples(&url).iter().for_each(|example| say(example));
    let changes = app.changes().clone();
    // Who listens for changes would keep the server for as long as a request may take to finish.
    let stop = stop.inspect(move |()| changes.end());
    let measuring = app.clone();
    let router = router_behind(app, Process::Lasting, |routes| admission.before(routes));
    let telling = async {
        match responder {
            Some(responder) => tell(responder, measuring).await,
            None => pending().await,
        }
    };
    tokio::select! {
        served = larder_app::serve(listener, router, stop) => served.context("serving failed"),
        never = telling => match never {},
    }
}

/// A laptop has no EventBridge: the hourly run finds what it would have told.
async fn nothing_told(_: EventResponder, _: App) -> Infallible {
    pending().await
}

/// Running minutes, which are worked out by the hour where a tag says of which servers.
async fn running_minutes(
    configuration: &Configuration,
    sdk: BoxFuture<'static, SdkConfig>,
    history: &OpenedHistory,
) -> (OpenedRuntime, Option<RuntimeParts>) {
    // Without a tag nothing is asked of the SDK, which may take a while where it is not set up.
    let opened = match configuration.runtime.app_tag {
        Some(_) => open_running_minutes(configuration, &sdk.await, history).await,
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
        let history = OpenedHistory::none("a test has none");
        let fetcher = Arc::new(ambient_fetcher(&configuration, &history));
        let aws = Asked { fetcher, sdk: ambient_aws().boxed(), history, start: ScheduleStart::WhenDue };
        let door = (listener, Admission::Local);
        answer(&configuration, aws, door, (|_: &str| Vec::new(), nothing_told), ready(())).await.expect("it stops");
        assert!(!path.exists(), "the store was opened");
    }
}
