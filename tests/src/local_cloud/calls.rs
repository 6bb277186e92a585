use anyhow::{Context, ensure};
use serde_json::Value;

use super::{LocalCloud, REGION};
use crate::child::Child;
use crate::counterparts::counterpart;

/// A call of AWS: the service, the operation as Python names it (`describe_stacks`), and its parameters.
type Call<'a> = (&'a str, &'a str, Value);

impl LocalCloud {
    /// Makes calls of ministack as the account's root, one after the other, and gives their answers.
    ///
    /// # Errors
    /// If one is refused: then those after it are not made.
    pub async fn call<const N: usize>(&self, calls: [Call<'_>; N]) -> anyhow::Result<[Value; N]> {
        let answers = self.call_all(&calls).await?;
        answers.try_into().ok().context("each call has an answer")
    }

    pub(super) async fn call_all(&self, calls: &[Call<'_>]) -> anyhow::Result<Vec<Value>> {
        // boto3 comes with what ministack expands templates by.
        let modules = counterpart("ministack").display().to_string();
        let env = [
            ("PYTHONPATH", modules.as_str()),
            ("AWS_ENDPOINT_URL", self.aws_endpoint_url()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", REGION),
        ];
        let calls = serde_json::to_string(calls)?;
        let command = ["python3", "-c", include_str!("call.py"), &calls].map(str::to_owned);
        let mut child = Child::start(&command, &env)?;
        let status = child.exit().await?;
        let output = child.whole_output().await?;
        ensure!(status.success(), "{calls}: {status}\n{output}");
        Ok(serde_json::from_str(&output.stdout.concat())?)
    }
}
