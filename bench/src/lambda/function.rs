use anyhow::Context;
use bytes::Bytes;
use larder_tests::{DEADLINE, Program};

use super::answer::Answer;
use super::runtime_api::{Invoked, RuntimeApi};

/// What a row calls the bare function.
pub(super) const BARE_FUNCTION: &str = "a bare lambda_http function, same bytes";
/// Its program.
pub(super) const BARE: &str = "bare-function";
/// Nothing here enforces it; programs may read it.
const MEMORY_MB: &str = "512";
/// Both sides keep the memory that they were given. Otherwise the C library hands it back after every large answer
/// where nothing lives behind it, and which side then pays for new pages (a hundred microseconds) is chance.
const KEEP_MEMORY: [(&str, &str); 2] =
    [("MALLOC_TRIM_THRESHOLD_", "268435456"), ("MALLOC_MMAP_THRESHOLD_", "268435456")];

/// A running function with a runtime API of its own; both are gone when this is dropped.
pub(super) struct Function {
    program: Program,
    api: RuntimeApi,
}

impl Function {
    /// Starts a program that stands beside this one as a function.
    ///
    /// # Errors
    /// If it has not been built.
    pub(super) async fn start(name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let api = RuntimeApi::start().await?;
        let address = api.address();
        let lambda = lambda_environment(name, &address);
        let program = Program::start(name, args, &[&lambda, &KEEP_MEMORY[..], env].concat())?;
        Ok(Self { program, api })
    }

    /// The peer: a function that gives this answer to every event.
    ///
    /// # Errors
    /// If it has not been built, or its answer has another body.
    pub(super) async fn bare(answer: &Answer, event: &Bytes) -> anyhow::Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), answer.document())?;
        let function = Self::start(BARE, &[&file.path().display().to_string()], &[]).await?;
        let same = Answer::parse(&function.invoke(event).await?.answer)?;
        anyhow::ensure!(same.body() == answer.body(), "the bare function gives another body");
        Ok(function)
    }

    /// Hands out one event.
    ///
    /// # Errors
    /// If the function fails, or does not answer by [`DEADLINE`], with what it wrote.
    pub(super) async fn invoke(&self, event: &Bytes) -> anyhow::Result<Invoked> {
        let invoked = tokio::time::timeout(DEADLINE, self.api.invoke(event.clone())).await;
        let invoked = invoked.context("it did not answer").and_then(|invoked| invoked);
        invoked.with_context(|| format!("the function wrote:\n{}", self.program.log().join("\n")))
    }
}

/// What Lambda tells a function that polls at an address.
pub(super) fn lambda_environment<'a>(name: &'a str, address: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_MB),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ]
}
