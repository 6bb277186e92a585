use std::time::Duration;

use larder_sources::TtlPolicy;

/// What was set of one data type's windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    /// The TTL.
    pub ttl: Option<Duration>,
    /// Past the TTL: served while it is fetched again.
    pub stale_while_revalidate: Option<Duration>,
    /// Past the TTL: served when AWS fails.
    pub stale_if_error: Option<Duration>,
}

/// A setting that each data type has for itself.
pub struct Family {
    /// The table in `larder.toml`, in which the data types' names are the keys.
    pub table: &'static str,
    /// What the variables' names begin with; the data type's in capitals and `_S` follow.
    pub variable: &'static str,
    /// For people.
    pub help: &'static str,
    /// For people, where the row says no number.
    pub default: &'static str,
    pub(super) slot: fn(&mut Windows) -> &mut Option<Duration>,
}

/// The settings that each data type has for itself, in seconds.
pub const FAMILIES: &[Family] = &[
    Family {
        table: "ttl_s",
        variable: "LARDER_TTL_",
        help: "how long an answer of that data type is fresh, in seconds",
        default: "the table of data types",
        slot: |windows| &mut windows.ttl,
    },
    Family {
        table: "stale_while_revalidate_s",
        variable: "LARDER_STALE_WHILE_REVALIDATE_",
        help: "how long past its TTL it is served while it is fetched again, in seconds",
        default: "60, or the TTL if that is shorter",
        slot: |windows| &mut windows.stale_while_revalidate,
    },
    Family {
        table: "stale_if_error_s",
        variable: "LARDER_STALE_IF_ERROR_",
        help: "how long past its TTL it is served when AWS fails, in seconds",
        default: "86400",
        slot: |windows| &mut windows.stale_if_error,
    },
];

impl Windows {
    /// A row's windows with what was set in their place. A stale window that was not set stays no longer than the TTL.
    #[must_use]
    pub fn over(self, row: TtlPolicy) -> TtlPolicy {
        let fresh = self.ttl.unwrap_or(row.fresh);
        TtlPolicy {
            fresh,
            stale_while_revalidate: self.stale_while_revalidate.unwrap_or(row.stale_while_revalidate.min(fresh)),
            stale_if_error: self.stale_if_error.unwrap_or(row.stale_if_error),
        }
    }
}
