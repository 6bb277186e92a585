//! Our own programs, as a person or a supervisor would run them.

use std::path::PathBuf;
use std::process::ExitStatus;

use anyhow::Context;

use crate::child::Child;

/// A running program of ours, gone when this is dropped.
pub struct Program {
    child: Child,
}

/// What is left of a program that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote for programs.
    pub stdout: String,
    /// What it wrote for people.
    pub stderr: String,
}

impl Program {
    /// Where the binary of that name is: beside the running test. A path is taken as it is.
    ///
    /// # Errors
    /// If it has not been built.
    pub fn path(name: &str) -> anyhow::Result<PathBuf> {
        let binary = Self::folder()?.join(name);
        anyhow::ensure!(binary.is_file(), "there is no {}: run `cargo build --workspace --bins`", binary.display());
        Ok(binary)
    }

    /// The folder of the profile that the running test was built in.
    pub(crate) fn folder() -> anyhow::Result<PathBuf> {
        let test = std::env::current_exe()?;
        let folder =
            test.ancestors().skip(1).find(|folder| !["deps", "examples"].iter().any(|it| folder.ends_with(it)));
        Ok(folder.context("a test stands in a folder")?.to_owned())
    }

    /// Starts it in an empty home of its own, with nothing in its environment but `PATH` and `env`, so that no test reads
    /// the AWS settings of the person who runs it. Paths among the arguments have to be absolute.
    ///
    /// # Errors
    /// If it has not been built or can't be started.
    pub fn start(name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_under(&[], name, args, env)
    }

    /// As [`Program::start`], by way of another command that becomes the program: one that limits what it may do.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn start_under(wrapper: &[&str], name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let binary = Self::path(name)?.display().to_string();
        let words = wrapper.iter().copied().chain([binary.as_str()]).chain(args.iter().copied());
        let command: Vec<String> = words.map(str::to_owned).collect();
        Ok(Self { child: Child::start(&command, &with_no_metadata(env))? })
    }

    /// The same, with a terminal instead of streams: what that gets is its stdout here. It needs Python.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn start_on_terminal(name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let terminal = ["python3", "-c", include_str!("terminal.py")];
        Self::start_under(&terminal, name, args, &[&[("TERM", "xterm")], env].concat())
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// As [`Program::start`], and if it does not end by [`crate::DEADLINE`].
    pub async fn run(name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Finished> {
        Self::start(name, args, env)?.finish().await
    }

    /// The first line, on stdout or stderr, that contains the text; waits for it.
    ///
    /// # Errors
    /// If the program ends or [`crate::DEADLINE`] passes without it, with what it wrote.
    pub async fn line(&self, text: &str) -> anyhow::Result<String> {
        self.child.line(text).await
    }

    /// The lines that it has written so far, those of stdout first.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let output = self.child.output();
        [output.stdout, output.stderr].concat()
    }

    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as a supervisor does: SIGTERM.
    ///
    /// # Errors
    /// If it is gone.
    pub fn terminate(&self) -> anyhow::Result<()> {
        self.child.signal("TERM")
    }

    /// Asks it to stop, as Ctrl-C does: SIGINT.
    ///
    /// # Errors
    /// If it is gone.
    pub fn interrupt(&self) -> anyhow::Result<()> {
        self.child.signal("INT")
    }

    /// Kills it where it stands: SIGKILL.
    ///
    /// # Errors
    /// If it is gone.
    pub fn kill(&self) -> anyhow::Result<()> {
        self.child.signal("KILL")
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// If it does not by [`crate::DEADLINE`].
    pub async fn finish(mut self) -> anyhow::Result<Finished> {
        let status = self.child.exit().await?;
        self.finished(status).await
    }

    /// Waits until it ends by itself, however long that takes: a compiler may be at it for minutes.
    ///
    /// # Errors
    /// If it can't be waited for, or somebody holds its output when it is gone.
    pub async fn finish_at_length(mut self) -> anyhow::Result<Finished> {
        let status = self.child.exit_at_length().await?;
        self.finished(status).await
    }

    async fn finished(&mut self, status: ExitStatus) -> anyhow::Result<Finished> {
        let output = self.child.whole_output().await?;
        Ok(Finished { status, stdout: output.stdout.join("\n"), stderr: output.stderr.join("\n") })
    }
}

/// Where the SDK would look for credentials in the end, there is nothing but a time-out.
fn with_no_metadata<'a>(env: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("AWS_EC2_METADATA_DISABLED", "true")].into_iter().chain(env.iter().copied()).collect()
}
