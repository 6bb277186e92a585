use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use flate2::read::GzDecoder;
use jiff::Timestamp;
use larder_cache::{Account, Key, Scope, Variant};
use serde::Deserialize;
use serde_json::Value;

/// One question that was asked, and when, as a time since 1970-01-01 UTC.
pub(super) struct Read {
    pub(super) at: Duration,
    pub(super) key: Key,
}

/// Whose reads are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Services {
    All,
    Ec2AndIam,
}

#[derive(Deserialize)]
struct LogFile {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

/// What CloudTrail writes down of a call, as far as it is needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    read_only: bool,
    error_code: Option<String>,
    #[serde(rename = "eventID")]
    event_id: String,
    event_time: Timestamp,
    event_source: String,
    event_name: String,
    aws_region: String,
    recipient_account_id: String,
    #[serde(default)]
    request_parameters: Value,
}

/// The reads that succeeded, in the order in which they were made.
pub(super) fn read(folder: &Path, services: Services) -> anyhow::Result<Vec<Read>> {
    let folder = folder.join("cloudtrail/invictus");
    let mut records = Vec::new();
    for file in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let file = file?.path();
        let log: serde_json::Result<LogFile> = serde_json::from_reader(GzDecoder::new(File::open(&file)?));
        records.extend(log.with_context(|| file.display().to_string())?.records);
    }
    records.retain(|record| record.read_only && record.error_code.is_none() && services.have(&record.event_source));
    records.sort_by(|one, other| (one.event_time, &one.event_id).cmp(&(other.event_time, &other.event_id)));
    records.into_iter().map(Record::into_read).collect()
}

impl Services {
    fn have(self, event_source: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ec2AndIam => matches!(event_source, "ec2.amazonaws.com" | "iam.amazonaws.com"),
        }
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all services",
            Self::Ec2AndIam => "EC2 and IAM",
        })
    }
}

impl Record {
    /// The variant has all that makes a question another one; the data type is a name for it.
    fn into_read(mut self) -> anyhow::Result<Read> {
        self.request_parameters.sort_all_objects();
        let parameters = self.request_parameters.to_string();
        let variant = Variant::of([
            ("source", self.event_source.as_str()),
            ("name", self.event_name.as_str()),
            ("parameters", parameters.as_str()),
        ]);
        let service = self.event_source.split('.').next().unwrap_or_default();
        let account = Account::Id(self.recipient_account_id);
        let scope = Scope { partition: "aws".into(), region: Some(self.aws_region), account };
        let key = Key::with(&format!("{service}{}", kebab(&self.event_name)), scope, Some(variant), None)?;
        Ok(Read { at: Duration::try_from(self.event_time.duration_since(Timestamp::UNIX_EPOCH))?, key })
    }
}

/// `DescribeInstances` as `-describe-instances`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
