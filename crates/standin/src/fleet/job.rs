use jiff::{Timestamp, ToSpan};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::plan::RecoveryPlan;
use super::{AS_OF, AccountId, SourceServer, ids};

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// Not begun.
    Pending,
    /// Begun.
    Started,
    /// Over, well or not.
    Completed,
}

impl JobStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Started => "STARTED",
            Self::Completed => "COMPLETED",
        }
    }
}

/// A DRS job.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are named as in DRS's Job")]
pub struct Job {
    pub id: String,
    pub arn: String,
    pub kind: &'static str,
    pub initiated_by: &'static str,
    pub status: JobStatus,
    pub created: Timestamp,
    /// Absent while it is under way.
    pub ended: Option<Timestamp>,
    /// The ids of the source servers that take part.
    pub participating_servers: Vec<String>,
}

/// Type and initiator, as they go together.
const KINDS: [(&str, &str); 4] = [
    ("LAUNCH", "START_DRILL"),
    ("LAUNCH", "START_DRILL"),
    ("LAUNCH", "START_RECOVERY"),
    ("TERMINATE", "TERMINATE_RECOVERY_INSTANCES"),
];

/// Generates the jobs of one account in one region, newest first.
pub(super) fn generate(
    rng: &mut StdRng,
    account: &AccountId,
    region: &str,
    plan: &RecoveryPlan,
    servers: &[SourceServer],
) -> Vec<Job> {
    let mut free = servers;
    let running = (0..plan.jobs_running).map(|nth| {
        // A source server takes part in one running job at most (L-DD6D028C).
        let (mine, others) = free.split_at((nth + 2).min(free.len()));
        free = others;
        let status = [JobStatus::Started, JobStatus::Pending][nth % 2];
        (status, mine.iter().map(|server| server.id.clone()).collect())
    });
    let mut jobs: Vec<(JobStatus, Vec<String>)> = running.collect();
    for _ in 0..plan.jobs_completed {
        let count = rng.random_range(1..=12);
        let mine = servers.sample(rng, count).map(|it| it.id.clone());
        jobs.push((JobStatus::Completed, mine.collect()));
    }
    let mut created = AS_OF;
    jobs.into_iter()
        .map(|(status, participants)| {
            created -= match status {
                JobStatus::Completed => rng.random_range(300..8_000_i64).minutes(),
                JobStatus::Pending | JobStatus::Started => rng.random_range(1..6_i64).minutes(),
            };
            job(rng, account, region, status, created, participants)
        })
        .collect()
}

fn job(
    rng: &mut StdRng,
    account: &AccountId,
    region: &str,
    status: JobStatus,
    created: Timestamp,
    participating_servers: Vec<String>,
) -> Job {
    let id = ids::new_drs(rng, "drsjob");
    let (kind, initiated_by) = KINDS[rng.random_range(0..KINDS.len())];
    let lasted = rng.random_range(6..55_i64).minutes();
    Job {
        arn: format!("arn:aws:drs:{region}:{account}:job/{id}"),
        id,
        kind,
        initiated_by,
        status,
        created,
        ended: (status == JobStatus::Completed).then(|| created + lasted),
        participating_servers,
    }
}
