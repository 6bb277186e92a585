use jiff::Timestamp;
use serde_json::{Map, Value};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An EC2 instance.
    Instance,
    /// An EBS snapshot of the account's own.
    Snapshot,
    /// An AMI of the account's own.
    Image,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Instance, Self::Snapshot, Self::Image];

    /// The name in the database and in exports: `instance`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Snapshot => "snapshot",
            Self::Image => "image",
        }
    }
}

/// A resource as AWS described it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// `i-…`, `snap-…` or `ami-…`.
    pub id: String,
    /// All that was told of it, as the data type answers it: field names in camelCase. `state`, `instanceType`, `name`
    /// and the others that queries ask for are read from here.
    pub attributes: Map<String, Value>,
}

/// The resources of one kind, account and region as the last sync found them: what vanished is not among them.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptResources {
    /// The region, by name.
    pub region: String,
    /// When the last sync that succeeded began to ask AWS.
    pub as_of: Timestamp,
    /// By id.
    pub resources: Vec<Resource>,
}
