/// Something that is done to servers of a group, whether it succeeds or not.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) what: What,
    pub(super) who: Actor,
    /// To which of the group's servers.
    pub(super) servers: Vec<usize>,
    /// Why it is refused whatever their states are.
    pub(super) refused: Option<Refusal>,
}

/// What is done to servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    Run,
    Start,
    Stop,
    Hibernate,
    Terminate,
    Reboot,
    /// The operating system stops the instance.
    OsStop,
    /// The operating system shuts down, which terminates the instance.
    OsTerminate,
    Evict,
}

impl What {
    /// The name of CloudTrail's event, if there is one.
    pub(super) const fn event_name(self) -> Option<&'static str> {
        match self {
            Self::Run => Some("RunInstances"),
            Self::Start => Some("StartInstances"),
            Self::Stop | Self::Hibernate => Some("StopInstances"),
            Self::Terminate => Some("TerminateInstances"),
            Self::Reboot => Some("RebootInstances"),
            Self::Evict => Some("BidEvictedEvent"),
            Self::OsStop | Self::OsTerminate => None,
        }
    }
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Actor {
    /// A user of IAM.
    Operator,
    /// A function with a role.
    Scheduler,
    /// Auto Scaling, with its service-linked role.
    AutoScaling,
    /// EC2 itself, or the instance.
    Ec2,
}

/// Why AWS refuses a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Refusal {
    DryRun,
    Unauthorized,
    IncorrectState,
    NotFound,
    VcpuLimit,
}

impl Refusal {
    /// CloudTrail's `errorCode` and `errorMessage`.
    pub(super) const fn code_and_message(self) -> (&'static str, &'static str) {
        match self {
            Self::DryRun => ("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
            Self::Unauthorized => ("Client.UnauthorizedOperation", "You are not authorized to perform this operation."),
            Self::IncorrectState => {
                ("Client.IncorrectInstanceState", "This instance is not in a state from which this is possible.")
            }
            Self::NotFound => ("Client.InvalidInstanceID.NotFound", "The instance ID does not exist"),
            Self::VcpuLimit => (
                "Client.VcpuLimitExceeded",
                "You have requested more vCPU capacity than your current vCPU limit of 32 allows.",
            ),
        }
    }
}
