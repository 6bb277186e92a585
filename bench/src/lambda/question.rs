use bytes::Bytes;
use larder_tests::{Claims, http_event};

/// A question whose answer is a few hundred bytes.
pub(crate) const SMALL: Question = Question { path: "/drs/quotas", region: "us-east-1" };
/// One whose answer is a hundred kilobytes and more: EC2's real instance types.
pub(crate) const LARGE: Question = Question { path: "/ec2/instance-types", region: "us-east-1" };

/// One for every region of the stand-in's fleet, with answers of several kilobytes.
pub(super) const SUBNETS: [Question; 5] = [
    subnets("us-east-1"),
    subnets("us-west-2"),
    subnets("eu-west-1"),
    subnets("eu-central-1"),
    subnets("ap-southeast-2"),
];

/// What is asked of `query-handler`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(super) path: &'static str,
    pub(super) region: &'static str,
}

impl Question {
    /// As API Gateway hands it over, from someone who may ask for every account.
    pub(super) fn event(self) -> Bytes {
        let claims = Claims::person(&["larder/read"], &["acct-all"]);
        let path = format!("{}?region={}", self.path, self.region);
        let headers = [("Accept", "*/*"), ("Authorization", "Bearer a.b.c"), ("User-Agent", "bench")];
        http_event("GET", &path, &headers, None, Some(&claims)).to_string().into()
    }
}

/// The event that invalidates everything, from an administrator.
pub(super) fn invalidate_everything() -> Bytes {
    let claims = Claims::person(&["larder/admin"], &["acct-all", "larder-admins"]);
    let headers = [("Content-Type", "application/json")];
    http_event("POST", "/cache/invalidate", &headers, Some("{}"), Some(&claims)).to_string().into()
}

const fn subnets(region: &'static str) -> Question {
    Question { path: "/ec2/subnets", region }
}
