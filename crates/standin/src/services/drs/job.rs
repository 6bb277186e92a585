use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, parse, uninitialised};
use crate::fleet::{Job, JobStatus};
use crate::operations::Call;
use crate::wire::AwsError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    #[serde(default)]
    filters: Option<Filters>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Filters {
    #[serde(rename = "jobIDs", default)]
    job_ids: Vec<String>,
    from_date: Option<Timestamp>,
    to_date: Option<Timestamp>,
}

/// `DescribeJobs`: dates bound a job's creation; no ids mean all jobs.
pub(crate) fn describe(call: &Call, input: Value) -> Result<Value, AwsError> {
    let input: Input = parse(input)?;
    let filters = input.filters.unwrap_or_default();
    let jobs = call.fleet.jobs(call.account.id(), call.region).ok_or_else(uninitialised)?;
    let jobs: Vec<&Job> = jobs.iter().filter(|job| filters.let_through(job)).collect();
    answer(call, &jobs, input.max_results, input.next_token.as_deref(), |job| render(job))
}

impl Filters {
    fn let_through(&self, job: &Job) -> bool {
        (self.job_ids.is_empty() || self.job_ids.contains(&job.id))
            && self.from_date.is_none_or(|from| job.created >= from)
            && self.to_date.is_none_or(|to| job.created <= to)
    }
}

fn render(job: &Job) -> Value {
    let launch_status = match job.status {
        JobStatus::Pending => "PENDING",
        JobStatus::Started => "IN_PROGRESS",
        JobStatus::Completed if job.kind == "TERMINATE" => "TERMINATED",
        JobStatus::Completed => "LAUNCHED",
    };
    let servers: Vec<Value> = job
        .participating_servers
        .iter()
        .map(|id| json!({ "sourceServerID": id, "launchStatus": launch_status }))
        .collect();
    let mut row = json!({
        "jobID": job.id,
        "arn": job.arn,
        "type": job.kind,
        "initiatedBy": job.initiated_by,
        "creationDateTime": job.created.to_string(),
        "status": job.status.as_str(),
        "participatingServers": servers,
        "tags": {},
    });
    if let Some(ended) = job.ended {
        row["endDateTime"] = ended.to_string().into();
    }
    row
}
