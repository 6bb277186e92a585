use aws_sdk_drs::types;
use serde::Serialize;
use utoipa::ToSchema;

/// The times of a source server, in ISO 8601 as AWS writes them. What did not happen yet is null.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifeCycle {
    /// When DRS got to know it.
    pub(crate) added_to_service_date_time: Option<String>,
    /// When its first byte was copied.
    pub(crate) first_byte_date_time: Option<String>,
    /// When its agent was heard of last.
    pub(crate) last_seen_by_service_date_time: Option<String>,
    /// The last launch for it, a drill or a recovery.
    pub(crate) last_launch: Option<LastLaunch>,
}

/// A launch of a recovery instance. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastLaunch {
    /// `DRILL` or `RECOVERY`.
    pub(crate) r#type: Option<String>,
    /// `PENDING`, `IN_PROGRESS`, `LAUNCHED`, `FAILED` or `TERMINATED`.
    pub(crate) status: Option<String>,
    /// When somebody asked for it, in ISO 8601.
    pub(crate) initiated_date_time: Option<String>,
    /// The job that did it.
    pub(crate) job_id: Option<String>,
}

impl From<types::LifeCycle> for LifeCycle {
    fn from(times: types::LifeCycle) -> Self {
        Self {
            added_to_service_date_time: times.added_to_service_date_time,
            first_byte_date_time: times.first_byte_date_time,
            last_seen_by_service_date_time: times.last_seen_by_service_date_time,
            last_launch: times.last_launch.map(LastLaunch::from),
        }
    }
}

impl From<types::LifeCycleLastLaunch> for LastLaunch {
    fn from(launch: types::LifeCycleLastLaunch) -> Self {
        let initiated = launch.initiated;
        Self {
            r#type: initiated.as_ref().and_then(|initiated| Some(initiated.r#type()?.as_str().to_owned())),
            status: launch.status.map(|status| status.as_str().to_owned()),
            initiated_date_time: initiated.as_ref().and_then(|initiated| initiated.api_call_date_time.clone()),
            job_id: initiated.and_then(|initiated| initiated.job_id),
        }
    }
}
