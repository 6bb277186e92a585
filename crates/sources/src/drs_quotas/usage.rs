use aws_sdk_drs::types::{DataReplicationState, Job, JobStatus, SourceServer};

use crate::AccountId;
use crate::drs::is_extended_from_another_account;

/// What an account has in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) replicating_servers: u64,
    pub(super) total_source_servers: u64,
    pub(super) concurrent_jobs: u64,
    pub(super) servers_in_jobs: u64,
}

impl Usage {
    /// Counted from every source server and every job of the account.
    pub(super) fn of(account: &AccountId, servers: &[SourceServer], jobs: &[Job]) -> Self {
        let is_elsewhere = |server: &SourceServer| {
            server.staging_area().is_some_and(|staging| is_extended_from_another_account(staging, account))
        };
        let replicating = servers.iter().filter(|server| is_replicating(server) && !is_elsewhere(server));
        let under_way: Vec<_> = jobs.iter().filter(|job| is_under_way(job)).collect();
        let participating = under_way.iter().map(|job| job.participating_servers().len());
        Self {
            replicating_servers: replicating.count() as u64,
            total_source_servers: servers.len() as u64,
            concurrent_jobs: under_way.len() as u64,
            servers_in_jobs: participating.sum::<usize>() as u64,
        }
    }
}

/// A state that is younger than the SDK does not count: it may be one more way not to replicate.
fn is_replicating(server: &SourceServer) -> bool {
    let info = server.data_replication_info();
    matches!(
        info.and_then(|info| info.data_replication_state()),
        Some(
            DataReplicationState::Continuous
                | DataReplicationState::InitialSync
                | DataReplicationState::Rescan
                | DataReplicationState::Initiating
                | DataReplicationState::CreatingSnapshot
                | DataReplicationState::Backlog
        )
    )
}

fn is_under_way(job: &Job) -> bool {
    matches!(job.status(), Some(JobStatus::Pending | JobStatus::Started))
}

#[cfg(test)]
mod tests {
    use aws_sdk_drs::types::{DataReplicationInfo, ParticipatingServer, StagingArea};
    use rstest::rstest;

    use super::*;

    const ACCOUNT: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn usage(servers: &[SourceServer], jobs: &[Job]) -> Usage {
        let account = AccountId::parse(ACCOUNT).expect("an account");
        Usage::of(&account, servers, jobs)
    }

    fn server(state: &str, staging: Option<(&str, Option<&str>)>) -> SourceServer {
        let info = DataReplicationInfo::builder().data_replication_state(state.into());
        let staging = staging.map(|(status, account)| {
            StagingArea::builder().status(status.into()).set_staging_account_id(account.map(str::to_owned)).build()
        });
        SourceServer::builder().data_replication_info(info.build()).set_staging_area(staging).build()
    }

    #[rstest]
    #[case("CONTINUOUS", 1)]
    #[case("INITIAL_SYNC", 1)]
    #[case("RESCAN", 1)]
    #[case("INITIATING", 1)]
    #[case("CREATING_SNAPSHOT", 1)]
    #[case("BACKLOG", 1)]
    #[case("STOPPED", 0)]
    #[case("PAUSED", 0)]
    #[case("STALLED", 0)]
    #[case("DISCONNECTED", 0)]
    #[case("A_STATE_OF_TOMORROW", 0)]
    fn six_states_replicate(#[case] state: &str, #[case] replicating: u64) {
        let usage = usage(&[server(state, None)], &[]);
        assert_eq!(usage.replicating_servers, replicating);
        assert_eq!(usage.total_source_servers, 1);
    }

    #[rstest]
    #[case("EXTENDED", Some(OTHER), 0)]
    #[case("EXTENSION_ERROR", Some(OTHER), 0)]
    #[case("EXTENDED", Some(ACCOUNT), 1)]
    #[case("EXTENDED", None, 1)]
    #[case("NOT_EXTENDED", Some(OTHER), 1)]
    #[case("NOT_EXTENDED", Some(ACCOUNT), 1)]
    #[case("NOT_EXTENDED", None, 1)]
    fn what_is_extended_from_another_account_replicates_there(
        #[case] status: &str,
        #[case] account: Option<&str>,
        #[case] replicating: u64,
    ) {
        let usage = usage(&[server("CONTINUOUS", Some((status, account)))], &[]);
        assert_eq!(usage.replicating_servers, replicating);
        assert_eq!(usage.total_source_servers, 1);
    }

    #[test]
    fn a_server_that_says_nothing_does_not_replicate() {
        let usage = usage(&[SourceServer::builder().build()], &[]);
        assert_eq!(usage.replicating_servers, 0);
        assert_eq!(usage.total_source_servers, 1);
    }

    #[test]
    fn jobs_count_while_they_are_pending_or_started() {
        let job = |status: &str, servers: usize| {
            let servers = vec![ParticipatingServer::builder().build(); servers];
            Job::builder()
                .job_id("drsjob-1")
                .status(status.into())
                .set_participating_servers((!servers.is_empty()).then_some(servers))
                .build()
                .expect("a job")
        };
        let jobs = [
            job("PENDING", 3),
            job("STARTED", 4),
            job("PENDING", 0),
            job("COMPLETED", 5),
            job("A_STATUS_OF_TOMORROW", 6),
        ];
        let usage = usage(&[], &jobs);
        assert_eq!((usage.concurrent_jobs, usage.servers_in_jobs), (3, 7));
    }
}
