//! How many of what each account holds in each region.

/// The regions that every account has opted in to.
pub(crate) const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"];

/// How many instance profiles each account has: IAM pages them by a hundred.
pub(super) const INSTANCE_PROFILES: [usize; 2] = [237, 9];

/// One account in one region.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) account: usize,
    pub(super) region: &'static str,
    pub(super) recovery: Option<RecoveryPlan>,
    /// Besides the default one.
    pub(super) vpcs: u8,
    pub(super) ipv6_only: Option<Ipv6Only>,
}

/// The region's first VPC has a subnet without IPv4.
#[derive(Debug)]
pub(super) struct Ipv6Only;

/// What DRS holds.
#[derive(Debug)]
pub(super) struct RecoveryPlan {
    /// Servers in a state that counts as replicating, not extended.
    pub(super) replicating: usize,
    /// Servers in another state.
    pub(super) idle: usize,
    /// Servers extended from the other account, of those that it has there.
    pub(super) extended: usize,
    pub(super) jobs_running: usize,
    pub(super) jobs_completed: usize,
}

const fn drs(
    replicating: usize,
    idle: usize,
    extended: usize,
    jobs_running: usize,
    jobs_completed: usize,
) -> Option<RecoveryPlan> {
    Some(RecoveryPlan { replicating, idle, extended, jobs_running, jobs_completed })
}

const fn row(
    account: usize,
    region: &'static str,
    recovery: Option<RecoveryPlan>,
    vpcs: u8,
    ipv6_only: Option<Ipv6Only>,
) -> Row {
    Row { account, region, recovery, vpcs, ipv6_only }
}

/// us-east-1 of the first account stands at 232 of 300 replicating servers, which is 77 % and so WARNING; DRS is
/// initialised nowhere in eu-central-1, and is empty in eu-west-1 of the second account.
pub(super) static PLAN: [Row; 10] = [
    row(0, REGIONS[0], drs(232, 14, 9, 4, 24), 10, Some(Ipv6Only)),
    row(0, REGIONS[1], drs(31, 4, 0, 1, 8), 6, None),
    row(0, REGIONS[2], drs(18, 3, 0, 0, 5), 4, None),
    row(0, REGIONS[3], None, 3, None),
    row(0, REGIONS[4], drs(5, 0, 0, 0, 1), 2, None),
    row(1, REGIONS[0], drs(24, 3, 0, 0, 4), 4, None),
    row(1, REGIONS[1], drs(12, 1, 0, 1, 3), 3, None),
    row(1, REGIONS[2], drs(0, 0, 0, 0, 0), 2, None),
    row(1, REGIONS[3], None, 1, None),
    row(1, REGIONS[4], drs(3, 1, 0, 0, 0), 1, None),
];
