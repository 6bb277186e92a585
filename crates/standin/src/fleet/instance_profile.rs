use jiff::{Timestamp, ToSpan};
use rand::RngExt;
use rand::rngs::StdRng;

use super::{AS_OF, AccountId, ids};

/// An instance profile of IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in IAM's InstanceProfile")]
pub struct InstanceProfile {
    pub path: String,
    pub name: String,
    pub id: String,
    pub arn: String,
    pub created: Timestamp,
    /// At most one; none where the role was deleted or never added.
    pub role: Option<InstanceProfileRole>,
}

/// The role that an instance profile holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in IAM's Role")]
pub struct InstanceProfileRole {
    pub path: String,
    pub name: String,
    pub id: String,
    pub arn: String,
    pub created: Timestamp,
}

const APPLICATIONS: [&str; 6] = ["web", "orders", "billing", "reporting", "bastion", "batch"];

/// Generates the instance profiles of one account.
pub(super) fn generate(rng: &mut StdRng, account: &AccountId, count: usize) -> Vec<InstanceProfile> {
    (0..count).map(|nth| profile(rng, account, nth)).collect()
}

fn profile(rng: &mut StdRng, account: &AccountId, nth: usize) -> InstanceProfile {
    let application = APPLICATIONS[nth % APPLICATIONS.len()];
    let path = if nth.is_multiple_of(4) { format!("/teams/{application}/") } else { "/".to_owned() };
    let name = format!("{application}-ec2-{:03}", nth + 1);
    let created = AS_OF - rng.random_range(24..40_000_i64).hours();
    let role = (nth % 17 != 16).then(|| InstanceProfileRole {
        arn: format!("arn:aws:iam::{account}:role{path}{name}-role"),
        path: path.clone(),
        name: format!("{name}-role"),
        id: ids::new_iam(rng, "AROA"),
        created: created - 30.seconds(),
    });
    InstanceProfile {
        arn: format!("arn:aws:iam::{account}:instance-profile{path}{name}"),
        path,
        name,
        id: ids::new_iam(rng, "AIPA"),
        created,
        role,
    }
}
