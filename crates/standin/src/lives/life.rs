use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use super::group::Template;
use super::seed::draw;
use super::{InstanceState, Volume, second};
use crate::fleet::AccountId;

/// One instance from its launch to its end, as it truly was.
#[derive(Debug, Clone)]
pub struct Life {
    /// `i-` and 17 hexadecimal digits.
    pub id: String,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it is.
    pub region: &'static str,
    /// Its tag `Name`.
    pub name: String,
    /// Key and value, in the order of their keys.
    pub tags: Vec<(String, String)>,
    /// Such as `m5.large`.
    pub instance_type: &'static str,
    /// Whether it may be stopped with its memory kept.
    pub hibernation: Hibernation,
    /// How it is paid for.
    pub market: Market,
    /// When it was launched: its primary interface is attached since.
    pub created: Timestamp,
    /// Since when `DescribeInstances` has it no longer, some 10 to 58 minutes after its termination. `None` if it is
    /// never terminated.
    pub gone: Option<Timestamp>,
    /// In order of time, no two in one second; the first is to `pending`.
    pub transitions: Vec<Transition>,
    pub(crate) reservation_id: String,
    pub(crate) launch_index: usize,
    pub(crate) template: Arc<Template>,
}

/// A change of an instance's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// From when it is in the state; whole seconds.
    pub time: Timestamp,
    /// The state from then on.
    pub state: InstanceState,
    /// What brought it about.
    pub cause: Cause,
}

/// What brings about a change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// `RunInstances`.
    Launch,
    /// `StartInstances`.
    Start,
    /// `StopInstances`.
    Stop,
    /// `StopInstances` with `Hibernate`.
    Hibernate,
    /// `TerminateInstances`.
    Terminate,
    /// The operating system shut itself down: no call tells of it.
    OsShutdown,
    /// EC2 took the spot instance back.
    SpotInterruption,
    /// What was begun is done: `pending` became `running`, and so on.
    Progress,
}

/// Whether an instance may be stopped with its memory kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Hibernation {
    Configured,
    Off,
}

/// How an instance is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in EC2")]
pub enum Market {
    OnDemand,
    Spot,
}

/// What `DescribeInstances` tells of an instance at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in EC2's Instance")]
pub struct Described {
    pub state: InstanceState,
    /// When it was last launched or started.
    pub launch_time: Timestamp,
    /// `User initiated (2025-11-02 12:30:00 GMT)`; empty while it runs, and after its system shut itself down.
    pub state_transition_reason: String,
    /// Code and message; absent while it runs.
    pub state_reason: Option<(&'static str, &'static str)>,
    /// When its primary interface was attached; absent once it is terminated.
    pub attach_time: Option<Timestamp>,
}

impl Life {
    /// Its state at a moment. `None` before its launch, and once it is gone.
    #[must_use]
    pub fn state_at(&self, moment: Timestamp) -> Option<InstanceState> {
        let known = self.gone.is_none_or(|gone| moment < gone);
        self.until(moment).last().filter(|_| known).map(|transition| transition.state)
    }

    /// When it ran, in order; the last run of one that runs for ever has no end but [`Timestamp::MAX`].
    pub fn runs(&self) -> impl Iterator<Item = Range<Timestamp>> {
        let ends = self.transitions.iter().skip(1).map(|next| next.time).chain([Timestamp::MAX]);
        let runs = self.transitions.iter().zip(ends).filter(|(it, _)| it.state == InstanceState::Running);
        runs.map(|(it, end)| it.time..end)
    }

    /// For how many seconds of `span` it was in state `running`.
    #[must_use]
    pub fn running_seconds(&self, span: &Range<Timestamp>) -> i64 {
        let overlap = |run: Range<Timestamp>| second(run.end.min(span.end)) - second(run.start.max(span.start));
        self.runs().map(overlap).filter(|seconds| *seconds > 0).sum()
    }

    /// What `DescribeInstances` tells of it at a moment. `None` before its launch, and once it is gone.
    #[must_use]
    pub fn described_at(&self, moment: Timestamp) -> Option<Described> {
        let state = self.state_at(moment)?;
        let launch = self.until(moment).rfind(|it| it.state == InstanceState::Pending)?;
        let begun = self.until(moment).rfind(|it| it.cause != Cause::Progress)?;
        let at = begun.time.strftime("%Y-%m-%d %H:%M:%S GMT");
        let (state_transition_reason, state_reason) = match begun.cause {
            Cause::Launch | Cause::Start | Cause::Progress => (String::new(), None),
            Cause::Stop | Cause::Terminate => (format!("User initiated ({at})"), Some(USER_SHUTDOWN)),
            Cause::Hibernate => (format!("User initiated ({at})"), Some(USER_HIBERNATE)),
            Cause::OsShutdown => (String::new(), Some(OS_SHUTDOWN)),
            Cause::SpotInterruption => (format!("Service initiated ({at})"), Some(SPOT_TERMINATION)),
        };
        Some(Described {
            state,
            launch_time: launch.time,
            state_transition_reason,
            state_reason,
            attach_time: (state != InstanceState::Terminated).then_some(self.created),
        })
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    /// When it was terminated, if it ever is.
    #[must_use]
    pub fn terminated(&self) -> Option<Timestamp> {
        self.transitions.last().filter(|it| it.state == InstanceState::Terminated).map(|it| it.time)
    }

    /// The volumes that it ever has.
    pub(crate) fn volumes(&self) -> Vec<Volume> {
        Volume::of(self)
    }

    /// The public address that it has from a start to its end, where its subnet gives it one.
    pub(crate) fn public_ip_address(&self, told: &Described) -> Option<String> {
        let on = matches!(told.state, InstanceState::Pending | InstanceState::Running);
        let number = draw(5, (&self.id, told.launch_time));
        let [.., third, fourth] = number.to_be_bytes();
        (on && self.template.subnet.map_public_ip_on_launch).then(|| format!("203.0.{third}.{fourth}"))
    }

    /// Its primary interface.
    pub(crate) fn network_interface_id(&self) -> String {
        format!("eni-0{:016x}", draw(3, &self.id))
    }

    /// Its address inside the subnet's block, which others may have too.
    pub(crate) fn private_ip_address(&self) -> String {
        let block = self.template.subnet.cidr_block.as_deref().unwrap_or("10.0.0.0/24");
        let network = block.rsplit_once('.').map_or("10.0.0", |(network, _)| network);
        format!("{network}.{}", 10 + draw(4, &self.id) % 240)
    }

    /// The transitions up to a moment.
    fn until(&self, moment: Timestamp) -> impl DoubleEndedIterator<Item = &Transition> {
        let count = self.transitions.partition_point(|it| it.time <= moment);
        self.transitions[..count].iter()
    }
}

const USER_SHUTDOWN: (&str, &str) =
    ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");
const USER_HIBERNATE: (&str, &str) =
    ("Client.UserInitiatedHibernate", "Client.UserInitiatedHibernate: User initiated hibernate");
const OS_SHUTDOWN: (&str, &str) =
    ("Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown");
const SPOT_TERMINATION: (&str, &str) =
    ("Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Spot instance termination");
