use std::io;
use std::sync::Arc;

use lambda_runtime::{Context, Diagnostic};
use larder_app::Environment;
use larder_app::metrics::{Measured, MetricsLog};
use tracing::{Instrument, error_span};

/// What surrounds a function's invocations: their id in each line of the log, and their metrics. Cloning is a reference
/// count.
#[derive(Clone)]
pub struct Invocations(Arc<Inside>);

struct Inside {
    metrics: MetricsLog,
    environment: Arc<dyn Environment>,
}

impl Invocations {
    /// Those of a function that measures by these metrics.
    #[must_use]
    pub fn new(metrics: MetricsLog, environment: Arc<dyn Environment>) -> Self {
        Self(Arc::new(Inside { metrics, environment }))
    }

    /// Does an invocation's work: each line of the log meanwhile has its id, and what it measured is written before its
    /// answer is given, since a container may be frozen after that.
    pub async fn watch<T>(&self, context: &Context, work: impl Future<Output = T>) -> T {
        let id = &*context.request_id;
        let span = error_span!("invocation", invocation_id = id);
        async {
            let answer = work.await;
            if let Err(error) = self.0.metrics.write(&[("invocationId", id)], io::stdout().lock()) {
                tracing::warn!(%error, "an invocation's metrics are lost");
            }
            answer
        }
        .instrument(span)
        .await
    }

    /// The same for an invocation that is no request of the HTTP API, whose router writes a line for each: this writes the
    /// one of this invocation.
    pub async fn watch_direct<T>(
        &self,
        context: &Context,
        work: impl Future<Output = Result<T, Diagnostic>>,
    ) -> Result<T, Diagnostic> {
        self.watch(context, self.logged(work)).await
    }

    /// What the work of an invocation measured.
    pub fn measured(&self, measured: impl Into<Measured>) {
        self.0.metrics.note(measured);
    }

    /// With a line of the log that says what became of it.
    async fn logged<T>(&self, work: impl Future<Output = Result<T, Diagnostic>>) -> Result<T, Diagnostic> {
        let began = self.0.environment.now();
        let answer = work.await;
        let ms = self.0.environment.now().since(began).as_secs_f64() * 1_000.0;
        match &answer {
            Ok(_) => tracing::info!(ms, "an invocation was answered"),
            Err(Diagnostic { error_type, error_message }) => {
                tracing::error!(ms, code = error_type, reason = error_message, "an invocation failed");
            }
        }
        answer
    }
}
