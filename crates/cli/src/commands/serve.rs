use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use larder_app::configuration::{Configuration, load};
use larder_app::http::{admit_local, router};
use larder_app::wiring::ambient_aws;
use larder_app::{AwsFetcher, Fetcher, LogFormat, start_logging};
use tokio::net::TcpListener;

use crate::arguments::Serve;
use crate::exit::{Exit, WrongUsage};
use crate::output::say;
use crate::session::{Given, flags, open};

#[cfg(feature = "demo")]
use crate::demo::{Demo, configuration_of_demo};

/// Answers over HTTP until SIGINT or SIGTERM.
pub(crate) async fn run(given: &Given, serve: &Serve) -> anyhow::Result<Exit> {
    let flags = flags(&[("listen", "--listen", &serve.listen), ("store", "--store", &serve.store.store)]);
    let configuration = load(given.file.clone(), &flags)?;
    start_logging(configuration.log_level, LogFormat::Text);
    let stop = stop_signal().context("the signals that stop the program can't be awaited")?;
    let listener = listen(configuration.listen).await?;
    #[cfg(feature = "demo")]
    if serve.demo {
        let demo = Demo::start().await?;
        let configuration = configuration_of_demo(configuration);
        let examples = |url: &str| demo.examples(url);
        answer(&configuration, demo.fetcher()?, listener, examples, stop).await?;
        demo.stop().await;
        return Ok(Exit::Done);
    }
    let fetcher = Arc::new(AwsFetcher::new(ambient_aws));
    answer(&configuration, fetcher, listener, |_| Vec::new(), stop).await?;
    Ok(Exit::Done)
}

async fn answer(
    configuration: &Configuration,
    fetcher: Arc<dyn Fetcher>,
    listener: TcpListener,
    examples: impl Fn(&str) -> Vec<String>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let app = open(configuration, fetcher).await;
    let url = format!("http://{}", listener.local_addr()?);
    tracing::info!(store = app.store().in_use(), deployment = configuration.deployment, %url, "serving");
    say(&format!("Larder listens on {url}"));
    examples(&url).iter().for_each(|example| say(example));
    let router = router(app).layer(axum::middleware::from_fn(admit_local));
    larder_app::serve(listener, router, stop).await.context("serving failed")
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let reason = "is not on this machine's loopback; whoever reaches the server could use your AWS credentials, \
                      since it asks for no token. Use 127.0.0.1 or [::1]";
        return Err(WrongUsage(format!("the address to listen on, {address}, {reason}")).into());
    }
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address} (is another program there? --listen 127.0.0.1:0 takes a free port)")
    })
}

#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Without a signal to await, the program is ended by the system.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
