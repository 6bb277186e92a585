//! One run of the `larder` program, and what it told.

use larder_tests::{Finished, Program};
use serde_json::Value;

use crate::door::borrowed;

/// What a run came to.
pub(crate) struct Told {
    /// Its exit code.
    pub(crate) code: i32,
    /// For programs: the answer.
    pub(crate) stdout: String,
    /// For people: what is said beside it.
    pub(crate) stderr: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// That it ended so, and told each of these on either stream.
    pub(crate) fn is(&self, code: i32, told: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for text in told {
            assert!(self.stdout.contains(text) || self.stderr.contains(text), "{text:?} is not told:\n{self:?}");
        }
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Runs `larder` with the arguments of that line, which have no spaces in them, to its end.
pub(crate) async fn larder(line: &str, env: &[(&str, String)]) -> Told {
    let args: Vec<_> = line.split_whitespace().collect();
    let finished = Program::run("larder", &args, &borrowed(env)).await.expect("it ends");
    let Finished { status, stdout, stderr } = finished;
    Told { code: status.code().expect("no signal ended it"), stdout, stderr }
}
