/// An event that makes stored answers of a data type old before their time is over: those of the event's account and
/// region. Services go by their names in IAM actions, such as `ec2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeOldBy {
    /// An EC2 Instance State-change Notification.
    StateChange,
    /// Whatever EventBridge has from that service: its own events, and all of its calls that wrote something.
    EventsOf(&'static str),
    /// Calls that wrote something, as CloudTrail recorded them.
    Calls {
        /// The service that was called.
        service: &'static str,
        /// The operations: `CreateSubnet`.
        names: &'static [&'static str],
    },
    /// EC2's [`Self::TAGGING`] of resources whose ids begin so, such as `subnet-`: instances are tagged all day.
    TagsOf(&'static str),
}

impl MadeOldBy {
    /// The calls that change tags of EC2's resources.
    pub const TAGGING: [&'static str; 2] = ["CreateTags", "DeleteTags"];
}
