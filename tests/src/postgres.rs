//! PostgreSQL: a real one, which may be stopped as if its machine had failed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};
use tokio::sync::OnceCell;

use crate::child::Child;
use crate::port::free_port;
use crate::wait::wait_until;

/// How often to try with another port: somebody may take a free one before it does.
const ATTEMPTS: usize = 3;
/// What postgres.sh says when the server is gone.
const ENDED: &str = "PostgreSQL has ended";
/// Enough for every test of a process at the same time. What is committed is flushed to the disk.
const SETTINGS: [&str; 4] = ["-c", "max_connections=300", "-c", "fsync=on"];

/// A PostgreSQL with databases of its own, gone when this is dropped.
pub struct Postgres {
    server: Child,
    home: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts one of its own: for a test that stops it.
    ///
    /// # Errors
    /// If it is not installed or can't be started, with what it wrote.
    pub async fn start() -> anyhow::Result<Self> {
        let mut result = Self::attempt().await;
        for _ in 1..ATTEMPTS {
            if result.is_ok() {
                break;
            }
            result = Self::attempt().await;
        }
        result
    }

    /// The one that all tests of this process share; each makes a database of its own.
    ///
    /// # Panics
    /// If it can't be started.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        let start = async || Self::start().await.unwrap_or_else(|error| panic!("PostgreSQL: {error:#}"));
        SHARED.get_or_init(start).await
    }

    /// Which one is installed: `postgres (PostgreSQL) 15.14`.
    ///
    /// # Errors
    /// If none is.
    pub fn installed() -> anyhow::Result<String> {
        let output = Command::new(programs()?.join("postgres")).arg("--version").output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Where it answers for that database: `postgres://larder@127.0.0.1:5432/name`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://larder@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database; gives its URL.
    ///
    /// # Errors
    /// If there is one of that name.
    pub fn create_database(&self, name: &str) -> anyhow::Result<String> {
        self.run("createdb", &[name])?;
        Ok(self.url(name))
    }

    /// Runs one of PostgreSQL's programs against it: `pg_dump`, `psql`, … What that wrote to stdout.
    ///
    /// # Errors
    /// If it fails, with what it wrote.
    pub fn run(&self, program: &str, args: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(programs()?.join(program));
        command.args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--username", "larder"]).args(args);
        let output = command.output().with_context(|| format!("running {command:?}"))?;
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        anyhow::ensure!(output.status.success(), "{command:?} ended with {}:\n{out}{err}", output.status);
        Ok(out.into_owned())
    }

    /// Stops it where it stands, as `pg_ctl stop --mode immediate` does: nothing is finished, and what was not flushed is
    /// lost. The next start recovers as after a crash.
    ///
    /// # Errors
    /// If it is not running.
    pub async fn stop_immediately(&self) -> anyhow::Result<()> {
        let pid = std::fs::read_to_string(self.home.join("data/postmaster.pid")).context("it is not running")?;
        let pid = pid.lines().next().context("a process number")?;
        let ended = self.times_ended();
        let status = Command::new("kill").args(["-s", "QUIT", pid]).status()?;
        anyhow::ensure!(status.success(), "kill -s QUIT {pid}: {status}");
        wait_until("PostgreSQL has ended", async || Ok((self.times_ended() > ended).then_some(()))).await
    }

    /// Starts it again on what it left, at the same port.
    ///
    /// # Errors
    /// If it does not come up, with what it wrote.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        let ended = self.times_ended();
        std::fs::write(self.home.join("again"), "\n")?;
        self.answers(ended).await
    }

    async fn attempt() -> anyhow::Result<Self> {
        let (programs, port) = (programs()?.display().to_string(), free_port()?);
        let script = ["sh", "-c", include_str!("postgres.sh"), "postgres", &programs, &port.to_string()];
        let command: Vec<_> = script.into_iter().chain(SETTINGS).map(str::to_owned).collect();
        let server = Child::start(&command, &[])?;
        let home = server.line("home: ").await?.trim_start_matches("home: ").into();
        let started = Self { server, home, port };
        started.answers(0).await?;
        Ok(started)
    }

    /// Waits until it answers. The answer is another server's if this one found its port taken, and has ended once more.
    async fn answers(&self, ended_before: usize) -> anyhow::Result<()> {
        wait_until("PostgreSQL answers", async || {
            let answers = self.run("pg_isready", &["--quiet"]).is_ok();
            if self.times_ended() > ended_before {
                bail!("PostgreSQL has ended:\n{}", self.server.output());
            }
            Ok(answers.then_some(()))
        })
        .await
    }

    fn times_ended(&self) -> usize {
        self.server.output().stdout.iter().filter(|line| *line == ENDED).count()
    }
}

/// The folder of PostgreSQL's programs. Debian's lie apart from all others, by version; elsewhere `pg_config` knows, or
/// they are in `PATH`.
fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut debian: Vec<u32> = versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    debian.sort_unstable_by(|one, other| other.cmp(one));
    let debian = debian.into_iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let told = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    let told = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = debian.chain(told).chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").is_file());
    found.context("PostgreSQL is not installed: run `make counterparts`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_was_stopped_immediately_has_what_was_committed_and_nothing_else() {
        let postgres = Postgres::start().await.expect("it starts");
        let sql = |text: &str| postgres.run("psql", &["--no-psqlrc", "-Atqc", text, "postgres"]);
        sql("CREATE TABLE kept (number int)").expect("it is made");
        sql("INSERT INTO kept VALUES (1)").expect("it is committed");
        postgres.stop_immediately().await.expect("it stops");
        sql("SELECT 1").expect_err("it is gone");
        postgres.start_again().await.expect("it starts again");
        assert_eq!(sql("SELECT number FROM kept").expect("it answers").trim(), "1");
        let log = postgres.server.output().to_string();
        assert!(log.contains("was not properly shut down"), "{log}");
        let home = postgres.home.clone();
        drop(postgres);
        let removed = async || Ok((!home.exists()).then_some(()));
        wait_until("its files are removed", removed).await.expect("they are removed");
    }
}
